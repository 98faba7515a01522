import { availableParallelism } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { errorFrom } from '../errors.js';
import type { FoldedRange } from '../projections/fold-range.js';
import type { UserRange } from '../projections/fold-store.js';
import type { StoreReader } from '../projections/store-reader.js';
import { userRanges } from '../projections/user-ranges.js';
import type { RangeTask } from './fold-range.worker.js';
import type { Answered } from './thread-messages.js';

/** More take turns in writing more than they fold. */
const MOST_THREADS = 4;
/** Fewer events are folded before a second thread has begun. */
const EVENTS_A_THREAD = 20_000;

/** Folds everyone into the shadow tables, with as many threads as pay; answers the ranges in the order of the users. */
export async function foldRanges(
  reader: StoreReader,
  asked: Omit<RangeTask, 'range' | 'port'>,
  progress: (events: number) => void,
): Promise<FoldedRange[]> {
  const { position } = await reader.head();
  const paying = Math.ceil(position / EVENTS_A_THREAD) || 1;
  const ranges = await userRanges(reader, Math.min(MOST_THREADS, availableParallelism(), paying));
  const threads = new Piscina({
    filename: new URL('./fold-range.worker.js', import.meta.url).href,
    minThreads: ranges.length,
    maxThreads: ranges.length,
  });
  try {
    return await Promise.all(ranges.map((range) => foldIn(threads, { ...asked, range }, progress)));
  } finally {
    await threads.destroy();
  }
}

async function foldIn(
  threads: Piscina,
  task: Omit<RangeTask, 'port'> & { range: UserRange },
  progress: (events: number) => void,
): Promise<FoldedRange> {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', progress);
  try {
    const answer = (await threads.run(
      { ...task, port: port2 },
      { transferList: [port2] },
    )) as Answered<FoldedRange>;
    if ('error' in answer) throw errorFrom(answer.error);
    return answer.value;
  } finally {
    port1.close();
  }
}
