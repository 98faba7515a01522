import {
  DamagedDatabase,
  DatabaseLocked,
  DiskFailure,
  ForeignDatabase,
  StoreError,
  Unavailable,
} from '../../errors.js';

/** The disk is full, or does not take or give what it should. */
const DISK = /^SQLITE_(FULL|IOERR)/;
/** Another connection held the lock for longer than this one waits. */
const LOCKED = 'SQLITE_BUSY';
/** The file may not be written or opened now: nothing that the caller did. */
const PASSING = /^SQLITE_(BUSY|LOCKED|READONLY|CANTOPEN|NOMEM)/;
const DAMAGED = /^SQLITE_CORRUPT/;
const FOREIGN = 'SQLITE_NOTADB';

/** What SQLite reported, as one of the service's own errors; anything else as it is. */
export function translated(error: unknown): unknown {
  if (error instanceof StoreError) return error;
  const code = String((error as { code?: unknown }).code);
  if (code === FOREIGN) return ForeignDatabase.because(error);
  if (DAMAGED.test(code)) return DamagedDatabase.because(error);
  if (DISK.test(code)) return DiskFailure.database(error);
  if (code === LOCKED) return DatabaseLocked.database(error);
  return PASSING.test(code) ? Unavailable.database(error) : error;
}

/** Runs the work; throws what SQLite reports as one of the service's own errors. */
export function translating<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translated(error);
  }
}
