import { EventDecoder } from '../../events/log/event-decoder.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { openStoreAt } from '../../store/open-log.js';
import { toResult, type ThreadResult } from '../../thread-result.js';
import { lowerPriority } from '../low-priority.js';
import { reportTo, type Task } from '../thread-task.js';
import { Quiet } from './quiet.js';
import { isDrained, foldFromQueue, type RangeQueue, type QueuedFold } from './range-queue.js';

// Folds some of the users for a rebuild, in a thread of its own.
lowerPriority();

/** What a thread that helps a rebuild needs. */
export interface RangesInput {
  address: DatabaseAddress;
  /** Names of projections. */
  projections: readonly string[];
  queue: RangeQueue;
  /** Whether it rests while events are appended. */
  yields: boolean;
}

/** Folds ranges until none is left; reports how many events were folded since the last report. */
export default function fold({ input, port }: Task<RangesInput>): Promise<ThreadResult<QueuedFold[]>> {
  return toResult(async () => {
    const { address, queue, yields } = input;
    const { log, reader, appended, close } = openStoreAt(address, { synced: false });
    try {
      const projections = PROJECTIONS.filter(({ name }) => input.projections.includes(name));
      const parts = { log, reader, decoder: new EventDecoder(), projections };
      const quiet = new Quiet(appended);
      const before = async () => (yields ? quiet.wait(() => isDrained(queue)) : undefined);
      return await foldFromQueue(parts, queue, reportTo(port), before);
    } finally {
      await close();
    }
  });
}
