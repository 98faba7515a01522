import { jest } from '@jest/globals';
import { Unavailable, PoisonEvent } from '../../errors.js';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import { Doorbell } from '../../events/log/doorbell.js';
import { liveEvents } from './live-events.js';

const HEARTBEAT_MS = 15_000;
const EVERY_TYPE = { types: undefined, userId: undefined };

/** A log in memory in which every so many events match. */
class GrowingLog {
  readonly doorbell = new Doorbell();
  readonly asked: PageQuery[] = [];
  head = 0;
  failure: Error | undefined;

  constructor(private readonly every = 1) {}

  /** Grows; tells of it unless that is lost on the way. */
  grow(events: number, { ring = true } = {}): void {
    this.head += events;
    if (ring) this.doorbell.ring(this.head);
  }

  page = async (query: PageQuery): Promise<EventPage> => {
    this.asked.push(query);
    if (this.failure) throw this.failure;
    const { head } = this;
    const end = Math.min(head, query.upTo ?? Infinity);
    const found: number[] = [];
    for (let at = query.after + 1; at <= end && found.length < query.limit; at++) {
      if (at % this.every === 0) found.push(at);
    }
    const nextAfter = found.length === query.limit ? (found.at(-1) ?? end) : end;
    return { text: Buffer.from(`<${found.join(' ')}>`), events: found.length, nextAfter, head };
  };

  follow(after: number, wanted: { types?: string[]; userId?: string } = {}) {
    const gone = new AbortController();
    const asked = { ...EVERY_TYPE, from: undefined, to: undefined, after, ...wanted };
    const pieces = liveEvents({ ...this, heartbeatMs: HEARTBEAT_MS }, asked, gone.signal);
    const next = async () => {
      const { value } = await pieces.next();
      return value === undefined ? undefined : Buffer.from(value).toString();
    };
    return { next, gone };
  }
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** Lets everything run that needs no time. */
const settle = () => jest.advanceTimersByTimeAsync(0);

/** Whether the piece has come without time going by. */
async function hasCome(piece: Promise<unknown>): Promise<boolean> {
  let come = false;
  void piece.then(() => (come = true));
  await settle();
  return come;
}

describe('a live stream', () => {
  it('says when to come back, then what is there, then what comes', async () => {
    const log = new GrowingLog();
    log.grow(3);
    const { next } = log.follow(1);
    expect(await next()).toBe('retry: 1000\n\n');
    expect(await next()).toBe('<2 3>');
    const piece = next();
    expect(await hasCome(piece)).toBe(false);
    log.grow(2);
    expect(await piece).toBe('<4 5>');
  });

  it('misses nothing that is committed while it reads', async () => {
    const log = new GrowingLog();
    log.grow(1);
    const { page } = log;
    log.page = async (query) => {
      const read = await page(query);
      log.grow(1);
      return read;
    };
    const { next } = log.follow(1);
    await next();
    expect(await next()).toBe('<2>');
  });

  it('does not read again before there is something new, nor after a ring for what it knows', async () => {
    const log = new GrowingLog();
    log.grow(3, { ring: false });
    const { next } = log.follow(0);
    await next();
    await next();
    const piece = next();
    await settle();
    const reads = log.asked.length;
    log.doorbell.ring(3);
    await jest.advanceTimersByTimeAsync(HEARTBEAT_MS - 1);
    expect(log.asked.length).toBe(reads);
    expect(await hasCome(piece)).toBe(false);
  });

  it('does not spin when more was rung than can be read', async () => {
    const log = new GrowingLog();
    log.doorbell.ring(1_000);
    log.grow(3);
    const { next } = log.follow(0);
    await next();
    await next();
    void next();
    await jest.advanceTimersByTimeAsync(HEARTBEAT_MS - 1);
    expect(log.asked.length).toBe(1);
  });

  it('sends a comment in every interval of silence', async () => {
    const { next } = new GrowingLog().follow(0);
    await next();
    for (let i = 0; i < 3; i++) {
      const piece = next();
      await jest.advanceTimersByTimeAsync(HEARTBEAT_MS - 1);
      expect(await hasCome(piece)).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect(await piece).toBe(': heartbeat\n\n');
    }
  });

  it('looks for itself with each heartbeat, should a ring have been lost', async () => {
    const log = new GrowingLog();
    const { next } = log.follow(0);
    await next();
    const piece = next();
    await settle();
    log.grow(2, { ring: false });
    await jest.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(await piece).toBe('<1 2>');
  });

  it('sends heartbeats though others write what it does not show, and says with them how far it is', async () => {
    const log = new GrowingLog(1_000);
    const { next } = log.follow(0, { userId: 'ada' });
    await next();
    const piece = next();
    for (let second = 0; second < 15; second++) {
      log.grow(1);
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect(await piece).toBe(': heartbeat\nid: 15\n\n');
  });

  it('walks a log in which little matches in bounded pages and says after each how far it is', async () => {
    const log = new GrowingLog(50_000);
    log.grow(70_000);
    const { next } = log.follow(0, { types: ['memory.formed'] });
    await next();
    expect([await next(), await next(), await next()]).toEqual(['id: 20000\n\n', 'id: 40000\n\n', '<50000>']);
    expect(log.asked.map(({ after, upTo }) => (upTo ?? Infinity) - after)).toEqual(
      log.asked.map(() => 20_000),
    );
  });

  it('ends when nobody listens any more, and leaves no timer', async () => {
    const { next, gone } = new GrowingLog().follow(0);
    await next();
    const piece = next();
    await settle();
    gone.abort();
    expect(await piece).toBeUndefined();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits for a database that goes away, beating all the while, and goes on where it was', async () => {
    const log = new GrowingLog();
    log.grow(1);
    const { next } = log.follow(0);
    await next();
    await next();
    const piece = next();
    await settle();
    log.failure = Unavailable.database(new Error('gone'));
    log.grow(1);
    await jest.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(await piece).toBe(': heartbeat\n\n');
    const reads = log.asked.length;
    expect(reads).toBeLessThan(25);
    const later = next();
    await jest.advanceTimersByTimeAsync(5_000);
    log.failure = undefined;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await later).toBe('<2>');
  });

  it('fails at once, before its first byte, while the database is away', async () => {
    const log = new GrowingLog();
    log.failure = Unavailable.database(new Error('gone'));
    await expect(log.follow(0).next()).rejects.toBe(log.failure);
  });

  it('fails at an event that nobody can read', async () => {
    const log = new GrowingLog();
    const { next } = log.follow(0);
    await next();
    log.failure = PoisonEvent.undecodable({ position: 1, streamId: 'a' }, 'broken');
    const piece = next();
    log.grow(1);
    await expect(piece).rejects.toBe(log.failure);
  });
});
