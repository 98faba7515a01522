import type Database from 'better-sqlite3';
import { openConnection } from '../../database/sqlite/open-sqlite.js';
import { DatabaseLocked } from '../../errors.js';

/** A lock that is held until it is closed. */
export interface FolderLock {
  close(): void;
}

/**
 * Takes the lock that the file stands for; undefined while another process holds it. It is one of the operating system,
 * so a killed process leaves none behind. Throws what the file system says where it cannot be taken at all.
 */
export function takeLock(file: string): FolderLock | undefined {
  let lock: Database.Database | undefined;
  try {
    lock = openConnection(file, { timeout: 0 });
    lock.exec('begin exclusive');
    return lock;
  } catch (cause) {
    lock?.close();
    if (cause instanceof DatabaseLocked) return undefined;
    throw cause;
  }
}
