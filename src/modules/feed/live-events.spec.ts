import { jest } from '@jest/globals';
import { Unavailable, PoisonEvent } from '../../errors.js';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import { Doorbell } from '../../events/log/doorbell.js';
import { liveEvents } from './live-events.js';

const HEARTBEAT_MS = 15_000;
const EVERY_TYPE = { types: undefined, userId: undefined };

/** A log in memory in which one of `every` events matches. */
class GrowingLog {
  readonly doorbell = new Doorbell();
  readonly queries: PageQuery[] = [];
  head = 0;
  failure: Error | undefined;

  constructor(private readonly every = 1) {}

  /** Appends events; rings unless the ring is lost. */
  grow(events: number, { ring = true } = {}): void {
    this.head += events;
    if (ring) this.doorbell.ring(this.head);
  }

  page = async (query: PageQuery): Promise<EventPage> => {
    this.queries.push(query);
    if (this.failure) throw this.failure;
    const { head } = this;
    const end = Math.min(head, query.upTo ?? Infinity);
    const positions: number[] = [];
    for (let at = query.after + 1; at <= end && positions.length < query.limit; at++) {
      if (at % this.every === 0) positions.push(at);
    }
    const nextAfter = positions.length === query.limit ? (positions.at(-1) ?? end) : end;
    return { text: Buffer.from(`<${positions.join(' ')}>`), events: positions.length, nextAfter, head };
  };

  follow(after: number, filter: { types?: string[]; userId?: string } = {}) {
    const disconnect = new AbortController();
    const query = { ...EVERY_TYPE, from: undefined, to: undefined, after, ...filter };
    const chunks = liveEvents({ ...this, heartbeatMs: HEARTBEAT_MS }, query, disconnect.signal);
    const next = async () => {
      const { value } = await chunks.next();
      return value === undefined ? undefined : Buffer.from(value).toString();
    };
    return { next, disconnect };
  }
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** Runs everything that is due now. */
const settle = () => jest.advanceTimersByTimeAsync(0);

/** Whether the chunk is already there, without time passing. */
async function hasArrived(chunk: Promise<unknown>): Promise<boolean> {
  let arrived = false;
  void chunk.then(() => (arrived = true));
  await settle();
  return arrived;
}

describe('a live stream', () => {
  it('sends the reconnect delay, then stored events, then new ones', async () => {
    const log = new GrowingLog();
    log.grow(3);
    const { next } = log.follow(1);
    expect(await next()).toBe('retry: 1000\n\n');
    expect(await next()).toBe('<2 3>');
    const chunk = next();
    expect(await hasArrived(chunk)).toBe(false);
    log.grow(2);
    expect(await chunk).toBe('<4 5>');
  });

  it('ends when the log has become shorter than what it sent, so that the client asks again', async () => {
    const log = new GrowingLog();
    log.grow(3);
    const { next } = log.follow(0);
    expect(await next()).toBe('retry: 1000\n\n');
    expect(await next()).toBe('<1 2 3>');
    log.head = 1;
    const end = next();
    await jest.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(await end).toBeUndefined();
  });

  it('misses no event that is committed while it reads', async () => {
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

  it('does not read again before a ring beyond its position', async () => {
    const log = new GrowingLog();
    log.grow(3, { ring: false });
    const { next } = log.follow(0);
    await next();
    await next();
    const chunk = next();
    await settle();
    const reads = log.queries.length;
    log.doorbell.ring(3);
    await jest.advanceTimersByTimeAsync(HEARTBEAT_MS - 1);
    expect(log.queries.length).toBe(reads);
    expect(await hasArrived(chunk)).toBe(false);
  });

  it('does not spin when the ring is ahead of what it can read', async () => {
    const log = new GrowingLog();
    log.doorbell.ring(1_000);
    log.grow(3);
    const { next } = log.follow(0);
    await next();
    await next();
    void next();
    await jest.advanceTimersByTimeAsync(HEARTBEAT_MS - 1);
    expect(log.queries.length).toBe(1);
  });

  it('sends a heartbeat in every interval of silence', async () => {
    const { next } = new GrowingLog().follow(0);
    await next();
    for (let i = 0; i < 3; i++) {
      const chunk = next();
      await jest.advanceTimersByTimeAsync(HEARTBEAT_MS - 1);
      expect(await hasArrived(chunk)).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect(await chunk).toBe(': heartbeat\n\n');
    }
  });

  it('reads the log at each heartbeat, in case a ring was lost', async () => {
    const log = new GrowingLog();
    const { next } = log.follow(0);
    await next();
    const chunk = next();
    await settle();
    log.grow(2, { ring: false });
    await jest.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(await chunk).toBe('<1 2>');
  });

  it('sends heartbeats with its position while only filtered-out events are committed', async () => {
    const log = new GrowingLog(1_000);
    const { next } = log.follow(0, { userId: 'ada' });
    await next();
    const chunk = next();
    for (let second = 0; second < 15; second++) {
      log.grow(1);
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect(await chunk).toBe(': heartbeat\nid: 15\n\n');
  });

  it('reads a log with few matches in bounded pages, and sends its position after each', async () => {
    const log = new GrowingLog(50_000);
    log.grow(70_000);
    const { next } = log.follow(0, { types: ['memory.formed'] });
    await next();
    expect([await next(), await next(), await next()]).toEqual(['id: 20000\n\n', 'id: 40000\n\n', '<50000>']);
    expect(log.queries.map(({ after, upTo }) => (upTo ?? Infinity) - after)).toEqual(
      log.queries.map(() => 20_000),
    );
  });

  it('ends when the client disconnects, and leaves no timer', async () => {
    const { next, disconnect } = new GrowingLog().follow(0);
    await next();
    const chunk = next();
    await settle();
    disconnect.abort();
    expect(await chunk).toBeUndefined();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits for an unavailable database with heartbeats, and resumes at its position', async () => {
    const log = new GrowingLog();
    log.grow(1);
    const { next } = log.follow(0);
    await next();
    await next();
    const chunk = next();
    await settle();
    log.failure = Unavailable.database(new Error('gone'));
    log.grow(1);
    await jest.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(await chunk).toBe(': heartbeat\n\n');
    const reads = log.queries.length;
    expect(reads).toBeLessThan(25);
    const later = next();
    await jest.advanceTimersByTimeAsync(5_000);
    log.failure = undefined;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await later).toBe('<2>');
  });

  it('fails before its first byte when the database is unavailable', async () => {
    const log = new GrowingLog();
    log.failure = Unavailable.database(new Error('gone'));
    await expect(log.follow(0).next()).rejects.toBe(log.failure);
  });

  it('fails at a poison event', async () => {
    const log = new GrowingLog();
    const { next } = log.follow(0);
    await next();
    log.failure = PoisonEvent.undecodable({ position: 1, streamId: 'a' }, 'broken');
    const chunk = next();
    log.grow(1);
    await expect(chunk).rejects.toBe(log.failure);
  });
});
