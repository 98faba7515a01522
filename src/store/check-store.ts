import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { MIGRATIONS } from '../../migrations/names.js';
import { Corrupt, InvalidInput, StartRefused } from '../errors.js';
import { whyOf } from '../why.js';
import { databaseName, type DatabaseAddress } from './database-address.js';
import { readStore } from './open-store-reader.js';
import { cannotUse } from './postgresql/start-lock.js';

/**
 * Answers the address when a store of this release is there, before anything is done with it: throws InvalidInput where
 * there is none, StartRefused, with what to do, where there is something else, and Corrupt where it is damaged. With
 * `orOlder` one that can be migrated is enough.
 */
export async function existingStore(
  address: DatabaseAddress,
  { orOlder = false } = {},
): Promise<DatabaseAddress> {
  if ('file' in address && !existsSync(address.file)) throw InvalidInput.noStore(dirname(address.file));
  const known: readonly string[] = MIGRATIONS;
  const found = await migrationsIn(address);
  const unknown = found.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new StartRefused(
      `${databaseName(address)} was migrated by a newer release (${unknown.join(', ')}); use that release.`,
    );
  }
  const absent = known.filter((name) => !found.includes(name));
  if (absent.length > 0 && !orOlder) {
    throw new StartRefused(
      `${databaseName(address)} is of an older release (${absent.join(', ')} did not run there). ` +
        'Run "npm run edgesoul -- migrate", or start the service, which does so.',
    );
  }
  return address;
}

async function migrationsIn(address: DatabaseAddress): Promise<string[]> {
  try {
    return await readStore(address, (reader) => reader.migrations());
  } catch (cause) {
    if (cause instanceof Corrupt) throw cause;
    const found = original(cause);
    const code = String((found as { code?: unknown }).code);
    if (code === 'SQLITE_ERROR' || code === '42P01') throw notAStore(address, cause);
    if (code === 'SQLITE_NOTADB')
      throw notAStore(address, cause, ` (${whyOf(found)}; if it was one, restore it)`);
    if (code.startsWith('SQLITE_CORRUPT')) throw Corrupt.database(cause);
    // A full or broken disk: what is to be done says where.
    if (/^SQLITE_(IOERR|FULL|CANTOPEN)/.test(code)) return [...MIGRATIONS];
    throw 'url' in address ? cannotUse(databaseName(address), found) : cause;
  }
}

/** What the driver threw. */
function original(error: unknown): unknown {
  const { cause } = error as { cause?: unknown };
  return cause ? original(cause) : error;
}

function notAStore(address: DatabaseAddress, cause: unknown, why = ''): StartRefused {
  return new StartRefused(
    `${databaseName(address)} is there, but is no EdgeSoul store${why}; are --data-dir and --database-url right? ` +
      '"npm run edgesoul -- init" makes a store.',
    { cause },
  );
}
