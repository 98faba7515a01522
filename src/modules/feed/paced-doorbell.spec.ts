import { jest } from '@jest/globals';
import { Doorbell } from '../../events/log/doorbell.js';
import { PacedDoorbell } from './paced-doorbell.js';

const PAUSE_MS = 50;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** Rings every 10 ms, and returns after how many ms, and with which positions, the paced doorbell rang. */
async function heard(positions: readonly number[]): Promise<[ms: number, position: number][]> {
  const source = new Doorbell();
  const paced = new PacedDoorbell(source, PAUSE_MS);
  const start = Date.now();
  const rings: [number, number][] = [];
  paced.onRing((position) => rings.push([Date.now() - start, position]));
  for (const position of positions) {
    source.ring(position);
    await jest.advanceTimersByTimeAsync(10);
  }
  await jest.advanceTimersByTimeAsync(10 * PAUSE_MS);
  return rings;
}

describe('a paced doorbell', () => {
  it('rings at once, then at most once in each pause, with the last position', async () => {
    expect(await heard([3, 5, 6, 9, 10, 12, 13])).toEqual([
      [0, 3],
      [50, 10],
      [100, 13],
    ]);
  });

  it('rings at once again after a silence', async () => {
    expect(await heard([1, 1, 1, 1, 1, 1, 1, 1, 2])).toEqual([
      [0, 1],
      [80, 2],
    ]);
  });

  it('knows where the other one is when it is made', () => {
    const source = new Doorbell();
    source.ring(7);
    expect(new PacedDoorbell(source, PAUSE_MS).position).toBe(7);
  });

  it('wakes everyone who waits with the same ring', async () => {
    const source = new Doorbell();
    const paced = new PacedDoorbell(source, PAUSE_MS);
    const never = new AbortController().signal;
    source.ring(1);
    const woken: number[] = [];
    for (let i = 0; i < 3; i++)
      void paced.waitBeyond(1, 60_000, never).then(() => woken.push(paced.position));
    source.ring(2);
    await jest.advanceTimersByTimeAsync(PAUSE_MS - 1);
    source.ring(3);
    expect(woken).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(woken).toEqual([3, 3, 3]);
  });
});
