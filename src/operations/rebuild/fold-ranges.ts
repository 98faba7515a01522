import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { EventDecoder } from '../../events/log/event-decoder.js';
import type { Projection } from '../../projections/projection.js';
import type { OpenStore } from '../../store/open-log.js';
import { runTask } from '../thread-task.js';
import type { RangesInput } from './fold-ranges.worker.js';
import { foldFromQueue, inUserOrder, queueRanges, type QueuedFold } from './range-queue.js';
import type { RebuildParts } from './rebuild.js';
import { userRanges } from './user-ranges.js';

/** With more threads, each would wait for its turn to write longer than it folds. */
const MAX_THREADS = 4;
/** Fewer events do not justify the start of another thread. */
const MIN_EVENTS_PER_THREAD = 10_000;
/** Processors kept for the service. Helper threads beyond the rest pause while events are appended. */
const PROCESSORS_FOR_SERVING = 2;
/** A fraction of a second of work. */
const EVENTS_PER_RANGE = 10_000;
const MAX_RANGES = 200;

/** Returns a function that folds all users into shadow tables, with helper threads where worthwhile. */
export function foldInThreads(
  store: Omit<OpenStore, 'close'>,
  projections: readonly Projection[],
): RebuildParts['foldRanges'] {
  return async (compared, progress) => {
    const { position } = await store.reader.head();
    const worthwhile = Math.ceil(position / MIN_EVENTS_PER_THREAD) || 1;
    const threads = Math.min(MAX_THREADS, availableParallelism(), worthwhile);
    const maxRanges = threads === 1 ? 1 : Math.min(MAX_RANGES, Math.ceil(position / EVENTS_PER_RANGE));
    const queue = queueRanges(await userRanges(store.reader, maxRanges), compared);
    const parts = { ...store, decoder: new EventDecoder(), projections };
    const foldHere = (report: typeof progress) => foldFromQueue(parts, queue, report);
    const helpers = Math.min(threads, queue.ranges.length) - 1;
    const task = { address: store.address, projections: projections.map(({ name }) => name), queue };
    const folds =
      helpers === 0 ? await foldHere(progress) : await foldWithHelpers(foldHere, { helpers, task }, progress);
    return inUserOrder(folds);
  };
}

async function foldWithHelpers(
  foldHere: (progress: (events: number) => void) => Promise<QueuedFold[]>,
  { helpers, task }: { helpers: number; task: Omit<RangesInput, 'yields'> },
  progress: (events: number) => void,
): Promise<QueuedFold[]> {
  let ownFolds: Promise<QueuedFold[]> | undefined;
  let ended = false;
  const reportUnlessEnded = (events: number) => {
    if (ended) throw new Error('Another thread has failed.');
    progress(events);
  };
  const threads = new Piscina({
    filename: new URL('./fold-ranges.worker.js', import.meta.url).href,
    minThreads: helpers,
    maxThreads: helpers,
  });
  try {
    const helperFolds = Array.from({ length: helpers }, (_, i) =>
      foldInHelper(
        threads,
        { ...task, yields: i + 1 >= availableParallelism() - PROCESSORS_FOR_SERVING },
        progress,
      ),
    );
    ownFolds = foldHere(reportUnlessEnded);
    return (await Promise.all([ownFolds, ...helperFolds])).flat();
  } finally {
    // The caller drops the shadow tables next, so no thread may still use them.
    ended = true;
    await threads.destroy();
    await ownFolds?.catch(() => undefined);
  }
}

function foldInHelper(
  threads: Piscina,
  input: RangesInput,
  progress: (events: number) => void,
): Promise<QueuedFold[]> {
  return runTask(threads, input, { onReport: progress });
}
