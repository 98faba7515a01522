import type { MessagePort } from 'node:worker_threads';
import { errorData } from '../../errors.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { openStoreAt } from '../../store/open-log.js';
import { lowerPriority } from '../low-priority.js';
import type { Answered } from '../thread-messages.js';
import { Quiet } from './quiet.js';
import { allTaken, foldTaken, type SharedRanges, type TakenRange } from './range-queue.js';

// Folds some of the users for a rebuild, in a thread of its own.
lowerPriority();

/** What a thread that helps a rebuild needs. */
export interface RangesTask {
  address: DatabaseAddress;
  /** Names of projections. */
  projections: readonly string[];
  shared: SharedRanges;
  /** Whether it rests while events are appended. */
  yields: boolean;
  /** Is told how many events were folded since it was told last. */
  port: MessagePort;
}

/** See foldTaken. */
export default async function fold(task: RangesTask): Promise<Answered<TakenRange[]>> {
  const { address, shared, yields, port } = task;
  const { log, reader, appended, close } = openStoreAt(address, { synced: false });
  try {
    const projections = PROJECTIONS.filter(({ name }) => task.projections.includes(name));
    const parts = { log, reader, decoder: new EventDecoder(), projections };
    const quiet = new Quiet(appended);
    const before = async () => (yields ? quiet.wait(() => allTaken(shared)) : undefined);
    return { value: await foldTaken(parts, shared, (events) => port.postMessage(events), before) };
  } catch (error) {
    return { error: errorData(error) };
  } finally {
    await close();
  }
}
