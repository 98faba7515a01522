import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { median } from 'simple-statistics';
import { runLoad, type LoadResult, type LoadSpec, type Pool } from './load.ts';
import type { BenchOptions } from './options.ts';
import { progress } from './progress.ts';

/** One measurement: a server, and the requests that it gets in every round. */
export interface Cell {
  name: string;
  server: { url: string; child: ChildProcess };
  pool: Pool;
  connections: number;
  /** Requests per second of an open loop. */
  rate?: number;
  /** The key that every request has. */
  token?: string;
  /** Name of the cell of the same run that this one is compared with. */
  yardstick?: string;
}

/** The medians of a cell over all rounds; ratios are computed inside each round. */
export interface CellSummary extends Omit<Cell, 'server' | 'pool' | 'token'> {
  perSecond: number;
  p50: number;
  p99: number;
  /** Requests per second, divided by the yardstick's. */
  ratio?: number;
  /** 99th percentile, divided by the yardstick's. */
  p99Ratio?: number;
  /** CPU microseconds of the server per request: the steadiest figure on a busy machine; Linux only. */
  serverMicros?: number;
  generatorBusy: number;
  rounds: { perSecond: number; p50: number; p99: number; max: number }[];
}

type RoundResult = LoadResult & { serverMicros: number };

/**
 * Runs every cell once per round. Each round begins with another cell, so that a slow minute of the machine
 * affects all alike.
 */
export async function runRounds(
  cells: readonly Cell[],
  options: BenchOptions,
  label: string,
): Promise<CellSummary[]> {
  const results = new Map<string, RoundResult[]>(cells.map(({ name }) => [name, []]));
  for (let round = 0; round < options.rounds; round++) {
    const first = Math.floor((round * cells.length) / options.rounds);
    for (const cell of [...cells.slice(first), ...cells.slice(0, first)]) {
      progress(`${label}: round ${round + 1} of ${options.rounds}, ${cell.name}`);
      const before = cpuMicros(cell.server.child.pid);
      const result = await load(cell, { seconds: options.seconds, seed: 100 + round });
      const serverMicros = (cpuMicros(cell.server.child.pid) - before) / result.answers;
      results.get(cell.name)!.push({ ...result, serverMicros });
    }
  }
  return cells.map((cell) => summarize(cell, results));
}

/** Loads each server for a while before anything is measured. */
export async function warmUp(cells: readonly Cell[], seconds: number): Promise<void> {
  for (const cell of cells) {
    progress(`warm-up: ${cell.name}`);
    await load(cell, { seconds, seed: 99 });
  }
}

function load(
  { server, pool, connections, rate, token }: Cell,
  run: Omit<LoadSpec, 'url' | 'pool' | 'connections' | 'rate' | 'token'>,
) {
  return runLoad({
    url: server.url,
    pool,
    connections,
    ...(rate ? { rate } : {}),
    ...(token ? { token } : {}),
    ...run,
  });
}

/** CPU time of a process so far, microseconds, in steps of 1/100 s; NaN where /proc does not have it. */
export function cpuMicros(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return NaN;
  }
}

function summarize(cell: Cell, results: Map<string, RoundResult[]>): CellSummary {
  const own = results.get(cell.name)!;
  const other = cell.yardstick === undefined ? undefined : results.get(cell.yardstick);
  const { server: _server, pool: _pool, token: _token, ...described } = cell;
  const serverMicros = median(own.map((result) => result.serverMicros));
  return {
    ...described,
    perSecond: median(own.map(({ perSecond }) => perSecond)),
    p50: median(own.map(({ p50 }) => p50)),
    p99: median(own.map(({ p99 }) => p99)),
    ...(other ? { ratio: median(own.map(({ perSecond }, i) => perSecond / other[i]!.perSecond)) } : {}),
    ...(other ? { p99Ratio: median(own.map(({ p99 }, i) => p99 / other[i]!.p99)) } : {}),
    ...(Number.isNaN(serverMicros) ? {} : { serverMicros }),
    generatorBusy: median(own.map(({ generatorBusy }) => generatorBusy)),
    rounds: own.map(({ perSecond, p50, p99, max }) => ({ perSecond, p50, p99, max })),
  };
}
