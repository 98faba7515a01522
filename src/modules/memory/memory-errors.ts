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
