import type Database from 'better-sqlite3';
import { openConnection } from '../../database/sqlite/open-sqlite.js';
import { DatabaseLocked } from '../../errors.js';

/** A lock, held until it is closed. */
export interface FolderLock {
  close(): void;
}

/**
 * Takes the lock of the file; returns undefined while another process holds it. The operating system releases
 * the lock of a killed process. Throws the database error if the lock cannot be taken at all.
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
