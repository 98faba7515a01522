import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StartRefused } from '../errors.js';

/** The folder that holds the database, owned by this process until it is released. */
export interface DataFolder {
  readonly file: string;
  release(): void;
}

/**
 * Makes the folder if need be and takes it for this process. Throws StartRefused when the folder cannot be used or
 * when another process has it. The lock is one of the operating system, so a killed process leaves none behind.
 */
export function takeDataFolder(folder: string): DataFolder {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw unusable(folder, cause);
  }
  const owner = join(folder, 'edgesoul.owner');
  const lock = openLock(folder, owner);
  try {
    writeFileSync(owner, `process ${process.pid}, since ${new Date().toISOString()}\n`);
  } catch (cause) {
    lock.close();
    throw unusable(folder, cause);
  }
  return { file: join(folder, 'edgesoul.db'), release: () => lock.close() };
}

function openLock(folder: string, owner: string): Database.Database {
  let lock: Database.Database | undefined;
  try {
    lock = new Database(join(folder, 'edgesoul.lock'), { timeout: 0 });
    lock.exec('begin exclusive');
    return lock;
  } catch (cause) {
    lock?.close();
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') throw unusable(folder, cause);
    throw new StartRefused(
      `${folder} is in use by another service (${nameOf(owner)}). Stop it, or choose another DATA_DIR.`,
    );
  }
}

function nameOf(owner: string): string {
  try {
    return readFileSync(owner, 'utf8').trim();
  } catch {
    return 'unknown process';
  }
}

function unusable(folder: string, cause: unknown): StartRefused {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StartRefused(`DATA_DIR ${folder} cannot be used: ${why}`, { cause });
}
