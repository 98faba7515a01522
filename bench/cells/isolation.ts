import { median } from 'simple-statistics';
import { CommandMaker } from '../bodies.ts';
import type { Bystanders, Witnessed } from '../bystanders.ts';
import { runTask } from '../child.ts';
import { runLoad, type LoadResult } from '../load.ts';
import type { BenchOptions } from '../options.ts';
import { progress } from '../progress.ts';
import type { IsolationReport } from '../report.ts';
import { startFresh, type Scratch } from '../scratch.ts';
import { loadCommands } from '../seed.ts';

/** The mean number of events that a command of the mix makes. */
const EVENTS_PER_COMMAND = 1.75;
const FOLLOWERS = 10;
const NDJSON = 'application/x-ndjson';
const PARQUET = 'application/vnd.apache.parquet';

/**
 * Measures the chat alone, and beside what analysts do: a replay of the whole log, a Parquet export of it, a
 * report at a past position, and followers. Compares a replay with one statement that iterates over the rows.
 */
export async function measureIsolation(options: BenchOptions, scratch: Scratch): Promise<IsolationReport> {
  const { service, data } = await startFresh(scratch, 'isolation');
  try {
    const maker = new CommandMaker(41);
    const count = Math.round(options.events / EVENTS_PER_COMMAND);
    await loadCommands(service.url, { label: 'commands before the chat', count, make: () => maker.mixed() });
    const { url } = service;
    const events = await headOf(url);
    const seconds = Math.max(options.seconds, 5);
    const alone: LoadResult[] = [];
    const beside: LoadResult[] = [];
    const witnessed: Witnessed[] = [];
    const replay: number[] = [];
    const iterated: number[] = [];
    await chat(url, 2);
    for (let round = 1; round <= options.rounds; round++) {
      progress(`isolation: round ${round} of ${options.rounds}`);
      const yardstick = await runTask<{ events: number; seconds: number }>('peers/iterate-log.ts', {
        folder: data,
      });
      iterated.push(yardstick.events / yardstick.seconds);
      replay.push(await replayRate(url));
      alone.push(await chat(url, seconds));
      const bystanding = runTask<Witnessed>('bystanders.ts', bystanders(url, events, seconds + 1));
      beside.push(await chat(url, seconds));
      witnessed.push(await bystanding);
    }
    const ratios = (read: (result: LoadResult) => number) =>
      median(beside.map((result, i) => read(result) / read(alone[i]!)));
    return {
      events,
      alone: { perSecond: median(alone.map((r) => r.perSecond)), p99: median(alone.map((r) => r.p99)) },
      beside: { perSecond: median(beside.map((r) => r.perSecond)), p99: median(beside.map((r) => r.p99)) },
      throughputRatio: ratios(({ perSecond }) => perSecond),
      p99Ratio: ratios(({ p99 }) => p99),
      witnessed: witnessed.at(-1)!,
      replayPerSecond: median(replay),
      iteratedPerSecond: median(iterated),
      replayRatio: median(replay.map((rate, i) => rate / iterated[i]!)),
    };
  } finally {
    await service.stop();
  }
}

function chat(url: string, seconds: number): Promise<LoadResult> {
  return runLoad({ url, pool: { kind: 'mix' }, connections: 64, seed: 8, seconds });
}

function bystanders(url: string, events: number, seconds: number): Bystanders {
  return {
    url,
    seconds,
    followers: FOLLOWERS,
    streams: [
      { name: 'NDJSON replay', path: '/v1/events?after=0', accept: NDJSON },
      { name: 'Parquet export', path: '/v1/events?after=0&format=parquet', accept: PARQUET },
      {
        name: 'report at a past position',
        path: `/v1/reports/emotions?bucket=day&asOf=${events - 1}`,
        accept: 'application/json',
      },
    ],
  };
}

/** Replays the whole log as NDJSON over HTTP and returns the events per second. */
async function replayRate(url: string): Promise<number> {
  const head = await headOf(url);
  const start = performance.now();
  const response = await fetch(`${url}/v1/events?after=0`, {
    headers: { accept: NDJSON, 'accept-encoding': 'identity' },
  });
  if (!response.ok || !response.body) throw new Error(`The replay was answered ${response.status}`);
  for await (const _chunk of response.body);
  return head / ((performance.now() - start) / 1000);
}

async function headOf(url: string): Promise<number> {
  const response = await fetch(`${url}/v1/ops/projections`);
  return ((await response.json()) as { head: number }).head;
}
