import { Refused } from '../../errors.js';

/** Runs the work; Ctrl-C and SIGTERM abort it, and it then throws Refused with `next` as the message. */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  next = 'Interrupted; unfinished files were removed.',
): Promise<T> {
  const abort = new AbortController();
  const interrupt = () => abort.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, interrupt);
  try {
    return await work(abort.signal);
  } catch (error) {
    throw abort.signal.aborted ? new Refused('work.interrupted', next) : error;
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
