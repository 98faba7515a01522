import { Refused } from '../../errors.js';

/** Runs the work, which Ctrl-C and SIGTERM end early; then throws Refused with what can be done next. */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  next = 'Interrupted; what was begun has been removed.',
): Promise<T> {
  const abort = new AbortController();
  const end = () => abort.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, end);
  try {
    return await work(abort.signal);
  } catch (error) {
    throw abort.signal.aborted ? new Refused('work.interrupted', next) : error;
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
}
