import { lowerPriority } from '../../low-priority.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import { toResult, type ThreadResult } from '../../thread-result.js';
import { sendOnDemand } from '../thread-stream.js';
import type { Task } from '../thread-task.js';
import { archiveOf } from './archive.js';

// The thread that makes archives of what is held of a user; several of them take turns in it.
lowerPriority();

/** An archive of one user. */
export interface ArchiveTask {
  address: DatabaseAddress;
  userId: string;
  /** Ms since 1970 UTC. */
  exportedAt: number;
}

/** Sends the bytes of the archive, as they are asked for, all from one snapshot of the store. */
export default function archive({ input, port }: Task<ArchiveTask>): Promise<ThreadResult<void>> {
  const { address, userId, exportedAt } = input;
  return toResult(() =>
    readStore(address, (reader) =>
      reader.snapshot(() => sendOnDemand(port, archiveOf(reader, userId, exportedAt))),
    ),
  );
}
