import type { CommandName } from './bodies.ts';
import { runTask } from './child.ts';
import { progress } from './progress.ts';

/** What one load run sends: the mix, one kind of command, or GETs of given paths. */
export type Pool = { kind: 'mix' | CommandName } | { kind: 'paths'; paths: string[] };

/**
 * One load run. With `rate` (requests per second) it is an open loop; without, each connection waits for its
 * answer.
 */
export interface LoadSpec {
  url: string;
  pool: Pool;
  connections: number;
  seconds: number;
  seed: number;
  rate?: number;
  /** The key that every request has. */
  token?: string;
}

/** The result of one load run; times in ms. */
export interface LoadResult {
  /** All answers, including those of the lead-in. */
  answers: number;
  /** The answers that were counted. */
  requests: number;
  perSecond: number;
  p50: number;
  p99: number;
  max: number;
  /** Answers outside 200..299, and connection errors as status 0. */
  failures: number;
  /** The first failed answer, for the error message. */
  failureSample: string;
  /** Share of one core that the load generator used; near 1, the generator is the limit, not the server. */
  generatorBusy: number;
  /** The longest time during which the load generator did not run, ms. */
  standstillMs: number;
}

const MAX_STANDSTILL_MS = 2_000;
const MAX_ATTEMPTS = 3;

/**
 * Runs the load in a process of its own; throws if a single answer failed. A run during which the whole
 * machine stood still (a paused virtual machine, a sleeping laptop) is meaningless and is repeated.
 */
export async function runLoad(spec: LoadSpec): Promise<LoadResult> {
  for (let attempt = 1; ; attempt++) {
    const result = await runTask<LoadResult>('load-generator.ts', spec);
    if (result.standstillMs > MAX_STANDSTILL_MS && attempt < MAX_ATTEMPTS) {
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
