import { closeSync, existsSync, fsyncSync, openSync, rmSync, statSync } from 'node:fs';
import { openConnection } from '../../database/sqlite/open-sqlite.js';
import { Corrupt } from '../../errors.js';
import { quickCheck } from './database-file.js';

const SUFFIXES = ['', '-wal', '-shm', '-journal'];

/** Bytes of a database, with what is only in its write-ahead log. */
export function databaseBytes(file: string): number {
  return SUFFIXES.map((suffix) => file + suffix)
    .filter((part) => existsSync(part))
    .reduce((bytes, part) => bytes + statSync(part).size, 0);
}

/**
 * Copies a database that nobody writes to into a new file, without its free pages. Throws, and leaves no
 * copy, if the copy is not whole.
 */
export function copyCompacted(file: string, copy: string): void {
  removeDatabase(copy);
  try {
    const db = openConnection(file, { fileMustExist: true });
    try {
      db.prepare('vacuum into ?').run(copy);
    } finally {
      db.close();
    }
    const problems = quickCheck(copy);
    if (problems.length > 0)
      throw new Corrupt('database.damaged', `The compacted copy is damaged: ${problems.join('; ')}.`);
    // "vacuum into" itself does not sync what it wrote.
    const opened = openSync(copy, 'r+');
    fsyncSync(opened);
    closeSync(opened);
  } catch (error) {
    removeDatabase(copy);
    throw error;
  }
}

/** Removes a database file and what belongs to it. */
export function removeDatabase(file: string): void {
  for (const suffix of SUFFIXES) rmSync(file + suffix, { force: true });
}
