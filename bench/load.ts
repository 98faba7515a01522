import type { CommandName } from './bodies.ts';
import { runTask } from './child.ts';
import { progress } from './progress.ts';

/** What one load run sends: the mix, one command, or GETs of given paths. */
export type Pool = { kind: 'mix' | CommandName } | { kind: 'paths'; paths: string[] };

/** One load run; with `rate` (requests a second) it is an open loop, otherwise every connection waits for its answer. */
export interface LoadSpec {
  url: string;
  pool: Pool;
  connections: number;
  seconds: number;
  keyPrefix: string;
  seed: number;
  rate?: number;
}

/** What one load run saw; times in milliseconds. */
export interface LoadResult {
  /** All answers, with those of the lead-in. */
  answers: number;
  /** The answers that were counted. */
  requests: number;
  perSecond: number;
  p50: number;
  p99: number;
  max: number;
  /** Answers outside 200..299, and connection errors as status 0. */
  failures: number;
  /** The first failed answer, to tell what went wrong. */
  failureSample: string;
  /** Share of one core that the load generator used: near 1, it is the limit, not the server. */
  generatorBusy: number;
  /** The longest time that nothing at all ran in this process, in ms. */
  standstillMs: number;
}

const MOST_STANDSTILL_MS = 2_000;
const ATTEMPTS = 3;

/**
 * Runs the load in a process of its own; a single failed answer fails the run. A run during which the whole machine
 * stood still (a paused virtual machine, a sleeping laptop) says nothing and is repeated.
 */
export async function runLoad(spec: LoadSpec): Promise<LoadResult> {
  for (let attempt = 1; ; attempt++) {
    const keyPrefix = `${spec.keyPrefix}-${attempt}`;
    const result = await runTask<LoadResult>('load-generator.ts', { ...spec, keyPrefix });
    if (result.standstillMs > MOST_STANDSTILL_MS && attempt < ATTEMPTS) {
      progress(`  the machine stood still for ${Math.round(result.standstillMs / 1000)} s: once more`);
      continue;
    }
    return checked(result, spec);
  }
}

function checked(result: LoadResult, { pool, url }: LoadSpec): LoadResult {
  if (result.failures > 0) {
    throw new Error(
      `${result.failures} of ${result.answers} answers to ${JSON.stringify(pool).slice(0, 120)} ` +
        `were not 2xx; the first: ${result.failureSample}`,
    );
  }
  if (result.requests === 0) throw new Error(`No answers from ${url}`);
  return result;
}
