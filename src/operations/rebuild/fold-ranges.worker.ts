import { EventDecoder } from '../../events/log/event-decoder.js';
import { lowerPriority } from '../../low-priority.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { openStoreAt } from '../../store/open-log.js';
import { toResult, type ThreadResult } from '../../thread-result.js';
import { reportTo, type Task } from '../thread-task.js';
import { Quiet } from './quiet.js';
import { isDrained, foldFromQueue, type RangeQueue, type QueuedFold } from './range-queue.js';

// A helper thread of a rebuild, which folds some of the users.
lowerPriority();

export interface RangesInput {
  address: DatabaseAddress;
  /** Names of projections. */
  projections: readonly string[];
  queue: RangeQueue;
  /** Whether the thread pauses while events are appended. */
  yields: boolean;
}

/** Folds ranges until the queue is drained; reports the number of events folded since the last report. */
export default function fold({ input, port }: Task<RangesInput>): Promise<ThreadResult<QueuedFold[]>> {
  return toResult(async () => {
    const { address, queue, yields } = input;
    const { log, reader, appendCount, close } = openStoreAt(address, { synced: false });
    try {
      const projections = PROJECTIONS.filter(({ name }) => input.projections.includes(name));
      const parts = { log, reader, decoder: new EventDecoder(), projections };
      const quiet = new Quiet(appendCount);
      const waitForQuiet = async () => (yields ? quiet.wait(() => isDrained(queue)) : undefined);
      return await foldFromQueue(parts, queue, reportTo(port), waitForQuiet);
    } finally {
      await close();
    }
  });
}
