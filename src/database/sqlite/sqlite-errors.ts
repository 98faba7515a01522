import {
  DamagedDatabase,
  DatabaseLocked,
  DiskFailure,
  ForeignDatabase,
  StoreError,
  Unavailable,
} from '../../errors.js';

/** Codes of a full disk or an I/O error. */
const DISK = /^SQLITE_(FULL|IOERR)/;
/** Code of a lock that another connection held for longer than this one's timeout. */
const LOCKED = 'SQLITE_BUSY';
/** Codes of a file that cannot be opened or written now, through no fault of the caller. */
const TRANSIENT = /^SQLITE_(BUSY|LOCKED|READONLY|CANTOPEN|NOMEM)/;
const DAMAGED = /^SQLITE_CORRUPT/;
const FOREIGN = 'SQLITE_NOTADB';

/** Translates an error of SQLite into a StoreError; returns any other error unchanged. */
export function translated(error: unknown): unknown {
  if (error instanceof StoreError) return error;
  const code = String((error as { code?: unknown }).code);
  if (code === FOREIGN) return ForeignDatabase.because(error);
  if (DAMAGED.test(code)) return DamagedDatabase.because(error);
  if (DISK.test(code)) return DiskFailure.database(error);
  if (code === LOCKED) return DatabaseLocked.database(error);
  return TRANSIENT.test(code) ? Unavailable.database(error) : error;
}

/** Runs the work and translates the errors of SQLite into StoreErrors. */
export function translating<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translated(error);
  }
}
