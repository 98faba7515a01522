import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { max, median } from 'simple-statistics';
import { CommandMaker } from '../bodies.ts';
import { runTask } from '../child.ts';
import { runLoad, type LoadResult } from '../load.ts';
import { residentBytes } from '../memory.ts';
import type { BenchOptions } from '../options.ts';
import { progress } from '../progress.ts';
import type { RebuildReport } from '../report.ts';
import { startFresh, type Scratch } from '../scratch.ts';
import { loadCommands } from '../seed.ts';

/** Commands per second of the chat during a rebuild: far below what the service can take. */
const CHAT_RATE = 100;
/** The mean number of events that a command of the mix makes. */
const EVENTS_PER_COMMAND = 1.75;

interface Rebuild {
  state: 'running' | 'swapped' | 'failed' | 'cancelled';
  done: number;
}

/**
 * Compares a rebuild of all projections with a hand-written one and with only reading the rows; then measures
 * a chat during rebuilds.
 */
export async function measureRebuild(options: BenchOptions, scratch: Scratch): Promise<RebuildReport> {
  const { service, data } = await startFresh(scratch, 'rebuild');
  try {
    const maker = new CommandMaker(31);
    const count = Math.round(options.events / EVENTS_PER_COMMAND);
    await loadCommands(service.url, { label: 'commands to rebuild from', count, make: () => maker.mixed() });
    const read: number[] = [];
    const byHand: number[] = [];
    const rebuilt: number[] = [];
    let events = 0;
    let grown = 0;
    for (let round = 1; round <= options.rounds; round++) {
      progress(`rebuild: round ${round} of ${options.rounds}`);
      const reading = await runYardstick('peers/read-log.ts', data);
      read.push(reading.events / reading.seconds);
      events = reading.events;
      const folding = await runYardstick('peers/fold-by-hand.ts', data);
      byHand.push(folding.events / folding.seconds);
      for (const end of ['', '-wal', '-shm']) rmSync(join(data, `by-hand.db${end}`), { force: true });
      const before = residentBytes(service.child.pid);
      const own = await rebuild(service.url, () => {
        grown = Math.max(grown, residentBytes(service.child.pid) - before);
      });
      rebuilt.push(events / own);
    }
    const chatResult = await chatBeside(service.url, options);
    return {
      events,
      rebuiltPerSecond: median(rebuilt),
      readPerSecond: median(read),
      byHandPerSecond: median(byHand),
      ratio: median(rebuilt.map((rate, i) => rate / read[i]!)),
      ratioByHand: median(rebuilt.map((rate, i) => rate / byHand[i]!)),
      grownBytes: grown,
      chat: chatResult,
    };
  } finally {
    await service.stop();
  }
}

/** Measures the p99 of a chat without rebuilds and during rebuilds. */
async function chatBeside(url: string, { rounds, seconds }: BenchOptions): Promise<RebuildReport['chat']> {
  const quiet: number[] = [];
  const beside: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    progress(`rebuild: chat, round ${round} of ${rounds}`);
    quiet.push((await chat(url, seconds)).p99);
    const chatting = chat(url, seconds);
    const ended = chatting.then(() => true);
    while (!(await Promise.race([rebuild(url).then(() => false), ended])));
    beside.push((await chatting).p99);
    await rebuildEnd(url);
  }
  return {
    perSecond: CHAT_RATE,
    quietP99: median(quiet),
    besideP99: median(beside),
    worstRatio: max(beside.map((p99, i) => p99 / quiet[i]!)),
    ratio: median(beside.map((p99, i) => p99 / quiet[i]!)),
  };
}

function chat(url: string, seconds: number): Promise<LoadResult> {
  const spec = { url, pool: { kind: 'mix' } as const, connections: 8, rate: CHAT_RATE, seed: 7 };
  return runLoad({ ...spec, seconds: Math.max(seconds, 5) });
}

function runYardstick(file: string, folder: string): Promise<{ events: number; seconds: number }> {
  return runTask(file, { folder });
}

let lastRebuildId: string | undefined;

/** Rebuilds all projections and returns the seconds that it took; calls `onPoll` while it runs. */
async function rebuild(url: string, onPoll: () => void = () => undefined): Promise<number> {
  const start = performance.now();
  const response = await fetch(`${url}/v1/ops/rebuilds`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (response.status !== 202)
    throw new Error(`POST /v1/ops/rebuilds answered ${response.status}: ${await response.text()}`);
  ({ rebuildId: lastRebuildId } = (await response.json()) as { rebuildId: string });
  await rebuildEnd(url, onPoll);
  return (performance.now() - start) / 1000;
}

/** Waits until the last rebuild has ended; throws if it was not swapped in. */
async function rebuildEnd(url: string, onPoll: () => void = () => undefined): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/v1/ops/rebuilds/${lastRebuildId}`);
    const { state } = (await answer.json()) as Rebuild;
    if (state === 'swapped') return;
    if (state !== 'running') throw new Error(`The rebuild ended as ${state}`);
    onPoll();
    await sleep(100);
  }
}
