import { openConnection, openForReading } from '../../database/sqlite/open-sqlite.js';

/** Pages that are copied before whoever watches is told: 4 MiB. */
const PAGES_PER_STEP = 1_024;
const PAGE_BYTES = 4_096;

/**
 * Copies a database into a new file by SQLite's online backup: one moment of it, however much is written meanwhile. The
 * copy is complete in itself: it has no write-ahead log beside it.
 */
export async function copySqliteFile(
  source: string,
  copy: string,
  progress?: (done: number, total: number) => void,
): Promise<void> {
  const db = openForReading(source);
  try {
    // An open read transaction keeps the moment. Without it every commit of another connection makes the backup begin
    // again with the first page, so that under constant writes it would never end (sqlite.org/backup.html).
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
  asOneFile(copy);
}

/** Leaves nothing of a closed database in files beside it, and puts it on disk. */
export function asOneFile(file: string): void {
  const db = openConnection(file, { fileMustExist: true });
  try {
    db.pragma('synchronous = full');
    db.pragma('journal_mode = delete');
  } finally {
    db.close();
  }
}

/** What SQLite's quick check finds, a line each; empty where the file is sound. Throws what SQLite throws for a file that is none. */
export function quickCheck(file: string): string[] {
  const db = openConnection(file, { readonly: true, fileMustExist: true });
  try {
    const lines = db.pragma('quick_check(20)') as { quick_check: string }[];
    return lines.map(({ quick_check: line }) => line).filter((line) => line !== 'ok');
  } finally {
    db.close();
  }
}
