import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Patience, shareMainThreadLoad } from './give-way.js';

/** Has the event loop do nothing but work. */
async function beBusyFor(ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const piece = performance.now() + 5;
    while (performance.now() < piece);
    await turn();
  }
}

/** The pauses of work whose pieces take `pieces` ms. */
async function pausesOf(pieces: readonly number[], isBusy?: () => boolean): Promise<number[]> {
  const pauses: number[] = [];
  const patience = new Patience(isBusy, async (ms) => void pauses.push(ms));
  for (const ms of pieces) {
    const end = performance.now() + ms;
    while (performance.now() < end);
    await patience.giveWay();
  }
  return pauses;
}

describe('patient work', () => {
  it('pauses for longer than its pieces take while the main thread is busy, and not for ever', async () => {
    const [short, long, ...more] = await pausesOf([2, 200], () => true);
    expect(short).toBeGreaterThanOrEqual(4);
    expect(long).toBe(100);
    expect(more).toEqual([]);
  });

  it('does not pause while the main thread waits, nor where nothing measures it', async () => {
    expect(await pausesOf([2, 2], () => false)).toEqual([]);
    await beBusyFor(150);
    expect(await pausesOf([2])).toEqual([]);
  });

  it('sees the load of the main thread, in threads as well', async () => {
    shareMainThreadLoad();
    const telling = `const { getEnvironmentData, parentPort } = require('node:worker_threads');
      const load = new Int32Array(getEnvironmentData('edgesoul.mainThreadLoad'));
      setInterval(() => parentPort.postMessage(load[0]), 20);`;
    const thread = new Worker(telling, { eval: true });
    const seen: number[] = [];
    thread.on('message', (load: number) => seen.push(load));
    const isBusySeen = () => (seen.at(-1) ?? 0) >= 50;

    while (!isBusySeen()) await beBusyFor(200);
    expect(await pausesOf([2])).toHaveLength(1);
    while (isBusySeen()) await sleep(200);
    expect(await pausesOf([2])).toEqual([]);
    await thread.terminate();
  });
});
