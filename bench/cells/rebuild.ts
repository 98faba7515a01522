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

/** Commands a second of the chat that goes on beside a rebuild: far below what the service can take. */
const CHAT_RATE = 100;
/** Of the mix 1.75 events come of a command. */
const EVENTS_A_COMMAND = 1.75;

interface Rebuild {
  state: 'running' | 'swapped' | 'failed' | 'cancelled';
  done: number;
}

/** A rebuild of all projections against the same by hand, and against only reading the rows; then with a chat beside it. */
export async function measureRebuild(options: BenchOptions, scratch: Scratch): Promise<RebuildReport> {
  const { service, data } = await startFresh(scratch, 'rebuild');
  try {
    const maker = new CommandMaker(31);
    const count = Math.round(options.events / EVENTS_A_COMMAND);
    await loadCommands(service.url, { label: 'commands to rebuild from', count, make: () => maker.mixed() });
    const read: number[] = [];
    const byHand: number[] = [];
    const rebuilt: number[] = [];
    let events = 0;
    let grown = 0;
    for (let round = 1; round <= options.rounds; round++) {
      progress(`rebuild: round ${round} of ${options.rounds}`);
      const reading = await run('peers/read-log.ts', data);
      read.push(reading.events / reading.seconds);
      events = reading.events;
      const folding = await run('peers/fold-by-hand.ts', data);
      byHand.push(folding.events / folding.seconds);
      for (const end of ['', '-wal', '-shm']) rmSync(join(data, `by-hand.db${end}`), { force: true });
      const before = residentBytes(service.child.pid);
      const own = await rebuild(service.url, () => {
        grown = Math.max(grown, residentBytes(service.child.pid) - before);
      });
      rebuilt.push(events / own);
    }
    const talk = await chatBeside(service.url, options);
    return {
      events,
      rebuiltPerSecond: median(rebuilt),
      readPerSecond: median(read),
      byHandPerSecond: median(byHand),
      ratio: median(rebuilt.map((rate, i) => rate / read[i]!)),
      ratioByHand: median(rebuilt.map((rate, i) => rate / byHand[i]!)),
      grownBytes: grown,
      chat: talk,
    };
  } finally {
    await service.stop();
  }
}

/** What a chat feels: quiet, and while rebuilds go on. */
async function chatBeside(url: string, { rounds, seconds }: BenchOptions): Promise<RebuildReport['chat']> {
  const quiet: number[] = [];
  const beside: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    progress(`rebuild: chat, round ${round} of ${rounds}`);
    quiet.push((await chat(url, `quiet-${round}`, seconds)).p99);
    const talking = chat(url, `beside-${round}`, seconds);
    const ended = talking.then(() => true);
    while (!(await Promise.race([rebuild(url).then(() => false), ended])));
    beside.push((await talking).p99);
    await idle(url);
  }
  return {
    perSecond: CHAT_RATE,
    quietP99: median(quiet),
    besideP99: median(beside),
    worstRatio: max(beside.map((p99, i) => p99 / quiet[i]!)),
    ratio: median(beside.map((p99, i) => p99 / quiet[i]!)),
  };
}

function chat(url: string, keyPrefix: string, seconds: number): Promise<LoadResult> {
  const spec = { url, pool: { kind: 'mix' } as const, connections: 8, rate: CHAT_RATE, seed: 7 };
  return runLoad({
    ...spec,
    keyPrefix: `${Date.now().toString(36)}-${keyPrefix}`,
    seconds: Math.max(seconds, 5),
  });
}

function run(file: string, folder: string): Promise<{ events: number; seconds: number }> {
  return runTask(file, { folder });
}

let running: string | undefined;

/** Rebuilds everything; answers the seconds that it took. */
async function rebuild(url: string, meanwhile: () => void = () => undefined): Promise<number> {
  const start = performance.now();
  const asked = await fetch(`${url}/v1/ops/rebuilds`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (asked.status !== 202)
    throw new Error(`POST /v1/ops/rebuilds answered ${asked.status}: ${await asked.text()}`);
  ({ rebuildId: running } = (await asked.json()) as { rebuildId: string });
  await idle(url, meanwhile);
  return (performance.now() - start) / 1000;
}

/** Waits until the last rebuild has ended. */
async function idle(url: string, meanwhile: () => void = () => undefined): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/v1/ops/rebuilds/${running}`);
    const { state } = (await answer.json()) as Rebuild;
    if (state === 'swapped') return;
    if (state !== 'running') throw new Error(`The rebuild ended as ${state}`);
    meanwhile();
    await sleep(100);
  }
}
