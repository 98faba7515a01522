import type { MessagePort } from 'node:worker_threads';
import { errorData } from '../errors.js';
import { EventDecoder } from '../events/log/event-decoder.js';
import { foldRange, type FoldedRange } from '../projections/fold-range.js';
import type { UserRange } from '../projections/fold-store.js';
import { PROJECTIONS } from '../projections/projection-catalog.js';
import type { DatabaseAddress } from '../store/database-address.js';
import { openStoreAt } from '../store/open-log.js';
import { lowerPriority } from './low-priority.js';
import type { Answered } from './thread-messages.js';

// Folds a part of the users for a rebuild, in a thread of its own.
lowerPriority();

/** A part of a rebuild. */
export interface RangeTask {
  address: DatabaseAddress;
  /** Names of projections. */
  projections: readonly string[];
  range: UserRange;
  compared: readonly string[];
  /** Is told how many events were folded since it was told last. */
  port: MessagePort;
}

/** See foldRange. */
export default async function fold(task: RangeTask): Promise<Answered<FoldedRange>> {
  const { address, range, compared, port } = task;
  const { log, reader, close } = openStoreAt(address, { synced: false });
  try {
    const parts = {
      log,
      reader,
      decoder: new EventDecoder(),
      projections: PROJECTIONS.filter(({ name }) => task.projections.includes(name)),
    };
    return { value: await foldRange(parts, { range, compared }, (events) => port.postMessage(events)) };
  } catch (error) {
    return { error: errorData(error) };
  } finally {
    await close();
  }
}
