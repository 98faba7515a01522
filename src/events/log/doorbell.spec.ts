import { jest } from '@jest/globals';
import { Doorbell } from './doorbell.js';

const NEVER = new AbortController().signal;
const LONG = 60_000;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

async function isOver(waiting: Promise<void>): Promise<boolean> {
  return Promise.race([waiting.then(() => true), Promise.resolve().then(() => false)]);
}

describe('a doorbell', () => {
  it('wakes only those who wait beyond a position below the one rung', async () => {
    const bell = new Doorbell();
    const waiting = [3, 4, 5].map((position) => bell.waitBeyond(position, LONG, NEVER));
    bell.ring(5);
    expect(await Promise.all(waiting.map(isOver))).toEqual([true, true, false]);
    bell.ring(6);
    expect(await Promise.all(waiting.map(isOver))).toEqual([true, true, true]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not miss a ring before the wait', async () => {
    const bell = new Doorbell();
    bell.ring(7);
    expect(await isOver(bell.waitBeyond(6, LONG, NEVER))).toBe(true);
  });

  it('ignores a ring with a lower position', async () => {
    const bell = new Doorbell();
    bell.ring(7);
    bell.ring(3);
    expect(bell.position).toBe(7);
  });

  it('ends a wait after the timeout', async () => {
    const waiting = new Doorbell().waitBeyond(0, 100, NEVER);
    jest.advanceTimersByTime(99);
    expect(await isOver(waiting)).toBe(false);
    jest.advanceTimersByTime(1);
    expect(await isOver(waiting)).toBe(true);
  });

  it('ends a wait at once when its signal aborts', async () => {
    const bell = new Doorbell();
    const gone = new AbortController();
    const waiting = bell.waitBeyond(0, LONG, gone.signal);
    gone.abort();
    expect(await isOver(waiting)).toBe(true);
    expect(await isOver(bell.waitBeyond(0, LONG, gone.signal))).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });
});
