import { Refused } from '../../errors.js';

/** A memory of this user has the id. */
export function memoryExists(memoryId: string): Refused {
  return new Refused(
    'memory.already-exists',
    `This user has a memory ${memoryId} already; revise it, or form the memory with another id or without one.`,
  );
}

/**
 * The id belonged to a memory that was forgotten. Its history stays under the id, so it is not given again.
 */
export function memoryForgotten(memoryId: string): Refused {
  return new Refused(
    'memory.already-exists',
    `Memory ${memoryId} was forgotten, and its id stays taken so that it does not come back; form the memory with another id or without one.`,
  );
}

/** The user has as many pinned memories as may be. */
export function tooManyPinned(most: number): Refused {
  return new Refused(
    'memory.too-many-pinned',
    `This user has ${most} pinned memories, and no more may be; unpin another one first.`,
  );
}

/** Memories that are pinned are not forgotten together with others. */
export function pinnedStay(memoryIds: readonly string[]): Refused {
  return new Refused(
    'memory.pinned',
    `${memoryIds.length} of these memories are pinned, such as ${memoryIds[0]}; leave them out, or send includePinned: true.`,
  );
}

/** A memory can have one successor only. */
export function alreadySuperseded(memoryId: string, by: string): Refused {
  return new Refused(
    'memory.link-refused',
    `Memory ${memoryId} is superseded by ${by} already; supersede that one, or take its link away first.`,
  );
}

/** A memory would, by way of others, take its own place. */
export function supersedesItself(memoryId: string): Refused {
  return new Refused(
    'memory.link-refused',
    `Memory ${memoryId} supersedes, directly or by way of others, the one that shall supersede it.`,
  );
}

/** The chain of memories is longer than is followed. */
export function chainTooLong(most: number): Refused {
  return new Refused(
    'memory.link-refused',
    `More than ${most} memories supersede one another here; supersede the newest one.`,
  );
}

/** The other memory has as many contradictions as may be. */
export function tooManyContradictions(memoryId: string, most: number): Refused {
  return new Refused(
    'memory.link-refused',
    `Memory ${memoryId} has ${most} contradictions already; correct it, or take one of them away.`,
  );
}
