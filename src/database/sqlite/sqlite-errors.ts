import {
  DamagedDatabase,
  DatabaseLocked,
  DiskFailure,
  ForeignDatabase,
  StoreError,
  Unavailable,
} from '../../errors.js';
import { ioFailure } from '../io-failure.js';

/** Code of a full disk. */
const FULL = 'SQLITE_FULL';
/** Codes of an I/O error. */
const IO = /^SQLITE_IOERR/;
/** SQLite's number of an I/O error; the higher bits of a result code tell where it happened. */
const IO_NUMBER = 10;
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
  if (code === FULL) return DiskFailure.database(error);
  if (IO.test(code)) return ioFailure(error);
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

/**
 * Returns the damage in the lines of `integrity_check` or `quick_check`. Throws DiskFailure for a page that
 * could not be read: that is no damage as long as nobody has seen its content.
 */
export function damageIn(lines: readonly string[]): string[] {
  const unread = lines.find((line) => {
    const [, code] = /error code\D{0,3}(\d+)/.exec(line) ?? [];
    return (Number(code ?? 0) & 0xff) === IO_NUMBER;
  });
  if (unread !== undefined) throw ioFailure(unread);
  return lines.filter((line) => line !== 'ok');
}
