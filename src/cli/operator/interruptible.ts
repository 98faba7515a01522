import { Refused } from '../../errors.js';
import { EXIT } from './exit-codes.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal's Ctrl-C comes twice through npm; a second signal within this time is the same one, ms. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Runs the work with a signal that Ctrl-C, SIGTERM and SIGHUP abort. The work has to end soon after that; a
 * further Ctrl-C does not wait for it.
 */
export async function untilSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let first: number | undefined;
  const interrupt = () => {
    if (first !== undefined && performance.now() - first > SAME_SIGNAL_MS) process.exit(EXIT.failed);
    first ??= performance.now();
    abort.abort();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await work(abort.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

/** Like untilSignal; work that was interrupted throws Refused with `next` as the message. */
export function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  next = 'Interrupted; unfinished files were removed.',
): Promise<T> {
  return untilSignal(async (signal) => {
    try {
      return await work(signal);
    } catch (error) {
      throw signal.aborted ? interrupted(next) : error;
    }
  });
}

/** The operator has interrupted the command, or somebody has cancelled its work. */
export function interrupted(message: string): Refused {
  return new Refused('work.interrupted', message);
}
