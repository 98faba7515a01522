import { toResult, type ThreadResult } from '../../thread-result.js';
import type { DatabaseAddress } from '../database-address.js';
import { forgetPersonReads, writePersonReads, type NewPersonRead } from './person-read-rows.js';

// The thread in which reads are recorded, where no request waits for the disk; piscina calls these by name.

export function write(task: {
  address: DatabaseAddress;
  reads: NewPersonRead[];
}): Promise<ThreadResult<void>> {
  return toResult(() => writePersonReads(task.address, task.reads));
}

export function forget(task: { address: DatabaseAddress; before: number }): Promise<ThreadResult<void>> {
  return toResult(() => forgetPersonReads(task.address, task.before));
}
