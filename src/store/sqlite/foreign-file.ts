import { constants, openSync, readSync, closeSync, statSync, existsSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { openConnection } from '../../database/sqlite/open-sqlite.js';
import { storageDamage } from '../../database/sqlite/storage-damage.js';
import { Corrupt, FileRefused, InvalidInput } from '../../errors.js';
import { whyOf } from '../../why.js';

const MAGIC = 'SQLite format 3\u0000';
const HEADER_BYTES = 100;
/**
 * The first bytes of a write-ahead log: its salts change whenever it starts over
 * (sqlite.org/fileformat2.html).
 */
const WAL_HEADER_BYTES = 32;
const SIDE_FILES = ['-wal', '-journal'] as const;
const MAX_ATTEMPTS = 10;
const PAUSE_MS = 100;

/** A row as SQLite holds it: any column may hold any type, whatever its declaration says. */
export type ForeignRow = Record<string, string | number | Buffer | null>;

/** The SQLite database of another program, as a private copy: the original is only read. */
export interface ForeignFile {
  /** Names of the ordinary tables. */
  readonly tables: readonly string[];
  /** Names of the columns of a table; none if there is no such table. */
  columns(table: string): string[];
  /** Whether the column alone is unique. */
  isUnique(table: string, column: string): boolean;
  count(table: string): number;
  /** Reads rows one by one while the caller iterates. Throws FileRefused where the file is damaged. */
  rows(sql: string): Iterable<ForeignRow>;
  close(): Promise<void>;
}

/**
 * Copies a database with its write-ahead log, or the journal of a killed process, into a folder of its own,
 * and opens the copy: even reading would create files beside the original, or recover it. Another process may
 * write to the original at the same time. Throws InvalidInput and FileRefused.
 */
export async function openForeignFile(file: string): Promise<ForeignFile> {
  refuseOtherFiles(file);
  const folder = await mkdtemp(join(tmpdir(), 'edgesoul-foreign-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, 'copy.db');
    await copyWhole(file, copy);
    return opened(file, copy, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

function refuseOtherFiles(file: string): void {
  const header = Buffer.alloc(HEADER_BYTES);
  let size: number;
  try {
    const found = statSync(file);
    if (found.isDirectory()) throw new Error('it is a folder');
    // A pipe would be waited for, and a device has no end.
    if (!found.isFile()) throw new Error('it is no file');
    size = found.size;
    readStart(file, header);
  } catch (cause) {
    throw unreadable(file, whyOf(cause), cause);
  }
  if (size === 0) throw foreign(file, 'it is empty');
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) throw foreign(file, 'it is no SQLite database');
  const missing = missingBytes(header, size);
  if (missing > 0 && !existsSync(`${file}-wal`))
    throw new FileRefused(
      'file.truncated',
      `${file} is truncated: its last ${missing} bytes are missing. Copy it again. Nothing was imported.`,
    );
}

/** How many bytes fewer than its header says the file has; 0 when the header does not say. */
function missingBytes(header: Buffer, size: number): number {
  const pageSize = header.readUInt16BE(16);
  // The number of pages counts only if the program that wrote last knew of it.
  if (header.readUInt32BE(24) !== header.readUInt32BE(92)) return 0;
  return header.readUInt32BE(28) * (pageSize === 1 ? 65_536 : pageSize) - size;
}

async function copyWhole(file: string, copy: string): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const needed = statSync(file).size;
  if (needed > bavail * bsize)
    throw unreadable(
      file,
      `a copy of its ${needed} bytes has no room in ${tmpdir()}; set TMPDIR to another folder`,
    );
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = stateOf(file);
    await copyFiles(file, copy);
    // What is added to the log during the copy is in it or is not: each transaction has a checksum. But the
    // pages in the file must not change between the two copies.
    if (stateOf(file) === before) return;
    await pause(PAUSE_MS);
  }
  throw unreadable(file, 'another process rewrites it all the time; stop that process, and try again');
}

async function copyFiles(file: string, copy: string): Promise<void> {
  try {
    await copyFile(file, copy, constants.COPYFILE_FICLONE);
    await chmod(copy, 0o600);
    for (const ending of SIDE_FILES) {
      await rm(copy + ending, { force: true });
      if (!existsSync(file + ending)) continue;
      await copyFile(file + ending, copy + ending, constants.COPYFILE_FICLONE);
      await chmod(copy + ending, 0o600);
    }
  } catch (cause) {
    // A checkpoint may remove the log during the copy; then the state has changed, too.
    if ((cause as { code?: string }).code !== 'ENOENT' || !existsSync(file))
      throw unreadable(file, whyOf(cause), cause);
  }
}

/** What changes whenever pages in the file do, or a journal starts over. */
function stateOf(file: string): string {
  const { mtimeNs, size } = statSync(file, { bigint: true });
  const wal = Buffer.alloc(WAL_HEADER_BYTES);
  if (existsSync(`${file}-wal`)) readStart(`${file}-wal`, wal);
  return `${mtimeNs} ${size} ${wal.toString('hex')} ${existsSync(`${file}-journal`)}`;
}

function readStart(file: string, into: Buffer): void {
  const handle = openSync(file, 'r');
  try {
    readSync(handle, into, 0, into.length, 0);
  } finally {
    closeSync(handle);
  }
}

function opened(file: string, copy: string, remove: () => Promise<void>): ForeignFile {
  const db = readable(file, () => openConnection(copy, { fileMustExist: true }));
  try {
    readable(file, () => prepare(db, file));
    const tables = db
      .prepare(`select name from sqlite_schema where type = 'table' and sql not like 'create virtual%'`)
      .pluck()
      .all() as string[];
    const columns = (table: string): string[] =>
      tables.includes(table)
        ? (db.prepare(`select name from pragma_table_info(?)`).pluck().all(table) as string[])
        : [];
    return {
      tables,
      columns,
      isUnique: (table, column) =>
        db
          .prepare(
            `select 1 from pragma_index_list(?) l where l."unique" and not l.partial
             and (select group_concat(name) from pragma_index_info(l.name)) = ?`,
          )
          .get(table, column) !== undefined,
      count: (table) => db.prepare(`select count(*) from "${table}"`).pluck().get() as number,
      rows: (sql) => readableRows(file, db, sql),
      close: async () => {
        db.close();
        await remove();
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepare(db: Database.Database, file: string): void {
  db.pragma('trusted_schema = off');
  db.pragma('cell_size_check = on');
  // Recovers a write-ahead log or a journal: in the copy.
  const damage = storageDamage(db, 'quick_check');
  if (damage.length > 0) throw damaged(file, damage.slice(0, 3).join('; '));
  db.pragma('query_only = on');
}

function* readableRows(file: string, db: Database.Database, sql: string): Iterable<ForeignRow> {
  try {
    yield* db.prepare(sql).iterate() as Iterable<ForeignRow>;
  } catch (error) {
    throw error instanceof Corrupt ? damaged(file, whyOf(error.cause), error) : error;
  }
}

function readable<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Corrupt ? damaged(file, whyOf(error.cause), error) : error;
  }
}

function unreadable(file: string, why: string, cause?: unknown): InvalidInput {
  return new InvalidInput('file.unreadable', `${file} cannot be read: ${why}.`, { cause });
}

/** The file is not what it should be: `why` ends a sentence. */
export function foreign(file: string, why: string): FileRefused {
  return new FileRefused(
    'file.foreign',
    `${file} is not a database of EdgeSoul: ${why}. Nothing was imported.`,
  );
}

function damaged(file: string, why: string, cause?: unknown): FileRefused {
  const advice = 'Copy it again, or repair it with ".recover" of the sqlite3 shell';
  return new FileRefused('file.damaged', `${file} is damaged: ${why}. ${advice}.`, { cause });
}
