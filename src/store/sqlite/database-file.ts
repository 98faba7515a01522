import { openConnection, openForReading } from '../../database/sqlite/open-sqlite.js';
import { storageDamage } from '../../database/sqlite/storage-damage.js';

/** Pages copied between two progress reports: 4 MiB. */
const PAGES_PER_STEP = 1_024;
const PAGE_BYTES = 4_096;

/**
 * Copies a database into a new file with SQLite's online backup. The copy is one snapshot, however much is
 * written during it, and it is a single file without a write-ahead log. `progress` gets bytes.
 */
export async function copySqliteFile(
  source: string,
  copy: string,
  progress?: (done: number, total: number) => void,
): Promise<void> {
  const db = openForReading(source);
  try {
    // The open read transaction keeps the snapshot. Without it every commit of another connection restarts
    // the backup from the first page, so that under constant writes it would never end
    // (sqlite.org/backup.html).
    db.exec('begin');
    db.prepare('select count(*) from sqlite_master').get();
    await db.backup(copy, {
      progress: ({ totalPages, remainingPages }) => {
        progress?.((totalPages - remainingPages) * PAGE_BYTES, totalPages * PAGE_BYTES);
        return PAGES_PER_STEP;
      },
    });
  } finally {
    db.close();
  }
  mergeIntoOneFile(copy);
}

/** Merges the write-ahead log of a closed database into its file, and syncs the file to disk. */
export function mergeIntoOneFile(file: string): void {
  const db = openConnection(file, { fileMustExist: true });
  try {
    db.pragma('synchronous = full');
    db.pragma('journal_mode = delete');
  } finally {
    db.close();
  }
}

/** Removes the access keys and who read what from a copy of a database, with all that its pages have of them. */
export function removeAccess(file: string): void {
  const db = openConnection(file, { fileMustExist: true });
  try {
    db.pragma('secure_delete = on');
    for (const [table, sql] of Object.entries(ACCESS_TABLES)) {
      // A copy of an older release may lack it.
      const known = db.prepare('select name from sqlite_master where name = ?').all(table);
      if (known.length > 0) db.exec(sql);
    }
  } finally {
    db.close();
  }
}

const ACCESS_TABLES = {
  access_keys: "delete from access_keys; delete from store_marks where name = 'access-keys'",
  person_reads: 'delete from person_reads',
};

/** Returns the damage that SQLite's quick check finds. Throws ForeignDatabase if it is no database. */
export function quickCheck(file: string): string[] {
  const db = openConnection(file, { readonly: true, fileMustExist: true });
  try {
    return storageDamage(db, 'quick_check');
  } finally {
    db.close();
  }
}
