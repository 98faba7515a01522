import { Piscina } from 'piscina';
import { StoreError } from '../../errors.js';
import { removeScratchRows } from '../../store/open-scratch-rows.js';
import { readStore } from '../../store/open-store-reader.js';
import { whyOf } from '../../why.js';
import type { JobContext } from '../job-context.js';
import { runTask } from '../thread-task.js';
import { removePartial } from '../transfer/row-file.js';
import { FoldWatch, LOADING, watchFold } from './fold-watch.js';
import { stateFile } from './output-file.js';
import { failedAt, isFoldFault, notAFold } from './replay-errors.js';
import type { FoldReplay, FoldReport } from './run-fold.js';

/** Memory that the code of a fold may use, MiB. */
const MAX_MEMORY_MB = 1_024;

/** The input of a replay, and how long its fold may take for one event, ms. */
export interface FoldRequest extends Omit<FoldReplay, 'watch'> {
  eventMs: number;
}

/**
 * Replays the log through the fold of a file, in its own thread. A fold that does not end, or needs too much
 * memory, is stopped and refused like any other fault of it. Aborting the signal ends the thread; the state
 * stays, to be resumed.
 */
export async function replayFold(request: FoldRequest, context: JobContext): Promise<FoldReport> {
  const { eventMs, ...input } = request;
  const thread = new Piscina({
    filename: new URL('./replay.worker.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
    resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
  });
  const watch = new FoldWatch();
  const stuck = new AbortController();
  let stuckAt: number | undefined;
  const unwatch = watchFold(watch, eventMs, (position) => {
    stuckAt = position;
    stuck.abort();
  });
  const signal = AbortSignal.any([stuck.signal, ...(context.signal ? [context.signal] : [])]);
  try {
    const task = { ...input, watch: watch.buffer };
    return await runTask(thread, task, { onReport: context.progress, signal });
  } catch (error) {
    if (context.signal?.aborted === true) throw error;
    const fault = stuckAt === undefined ? explained(request.file, error) : await stuckError(request, stuckAt);
    if (isFoldFault(fault)) removeScratchRows(stateFile(request.out));
    throw fault;
  } finally {
    unwatch();
    await thread.destroy();
    await removePartial(request.out);
  }
}

/** The code of a fold can end its thread, or need more memory than there is. */
function explained(file: string, error: unknown): unknown {
  return error instanceof StoreError ? error : notAFold(file, `ended its thread: ${whyOf(error)}`, error);
}

async function stuckError({ address, file, eventMs }: FoldRequest, position: number): Promise<StoreError> {
  const limit = `${eventMs / 1_000} s`;
  if (position === LOADING) return notAFold(file, `does not end: it still ran after ${limit}`);
  const [event] = await readStore(address, (reader) => reader.events({ after: position - 1, limit: 1 }));
  if (!event) return notAFold(file, `did not end within ${limit} at position ${position}`);
  return failedAt(`of ${file}`, event, `did not end within ${limit}`);
}
