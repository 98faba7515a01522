import { availableParallelism } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { errorFrom } from '../errors.js';
import { EventDecoder } from '../events/log/event-decoder.js';
import { foldRange, type FoldedRange } from '../projections/fold-range.js';
import type { UserRange } from '../projections/fold-store.js';
import type { Projection } from '../projections/projection.js';
import type { RebuildParts } from '../projections/rebuild.js';
import { userRanges } from '../projections/user-ranges.js';
import type { OpenStore } from '../store/open-log.js';
import type { RangeTask } from './fold-range.worker.js';
import type { Answered } from './thread-messages.js';

/** More take turns in writing more than they fold. */
const MOST_THREADS = 4;
/** Fewer events are folded before a second thread has begun. */
const EVENTS_A_THREAD = 20_000;

/** Folds everyone into the shadow tables of an open store: a part of them in this thread, and in as many others as pay. */
export function inThreads(
  store: Omit<OpenStore, 'close'>,
  projections: readonly Projection[],
): RebuildParts['foldRanges'] {
  return async (compared, progress) => {
    const { position } = await store.reader.head();
    const paying = Math.ceil(position / EVENTS_A_THREAD) || 1;
    const most = Math.min(MOST_THREADS, availableParallelism(), paying);
    const [range, ...others] = (await userRanges(store.reader, most)) as [UserRange, ...UserRange[]];
    const parts = { ...store, decoder: new EventDecoder(), projections };
    const here = (told: typeof progress) => foldRange(parts, { range, compared }, told);
    if (others.length === 0) return [await here(progress)];
    const names = projections.map(({ name }) => name);
    const tasks = others.map((other) => ({
      address: store.address,
      projections: names,
      range: other,
      compared,
    }));
    return foldBeside(here, tasks, progress);
  };
}

/** Answers the ranges in the order of the users. */
async function foldBeside(
  here: (progress: (events: number) => void) => Promise<FoldedRange>,
  tasks: readonly Omit<RangeTask, 'port'>[],
  progress: (events: number) => void,
): Promise<FoldedRange[]> {
  let mine: Promise<FoldedRange> | undefined;
  let ended = false;
  const unlessEnded = (events: number) => {
    if (ended) throw new Error('Another thread has failed.');
    progress(events);
  };
  const threads = new Piscina({
    filename: new URL('./fold-range.worker.js', import.meta.url).href,
    minThreads: tasks.length,
    maxThreads: tasks.length,
  });
  try {
    const there = tasks.map((task) => foldIn(threads, task, progress));
    mine = here(unlessEnded);
    return await Promise.all([mine, ...there]);
  } finally {
    // Whoever drops the shadow tables must find nobody at them.
    ended = true;
    await threads.destroy();
    await mine?.catch(() => undefined);
  }
}

async function foldIn(
  threads: Piscina,
  task: Omit<RangeTask, 'port'>,
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
