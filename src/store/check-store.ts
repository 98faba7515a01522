import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { MIGRATIONS } from '../../migrations/names.js';
import {
  DamagedDatabase,
  DatabaseLocked,
  ForeignDatabase,
  InvalidInput,
  StartRefused,
  Unavailable,
} from '../errors.js';
import { whyOf } from '../why.js';
import { databaseName, type DatabaseAddress } from './database-address.js';
import { readStore } from './open-store-reader.js';
import { unusableDatabase } from './postgresql/start-lock.js';
import { finishKilled } from './sqlite/data-folder.js';

/**
 * Returns the address if it holds a store of this release; call it before any other work on the store. Throws
 * InvalidInput if there is no store, StartRefused with what to do if there is anything else, and Corrupt if
 * the store is damaged. With `allowOlder` a store that can be migrated is accepted.
 */
export async function existingStore(
  address: DatabaseAddress,
  { allowOlder = false } = {},
): Promise<DatabaseAddress> {
  if ('file' in address) finishKilled(dirname(address.file));
  if ('file' in address && !existsSync(address.file)) {
    const folder = dirname(address.file);
    throw new InvalidInput('store.absent', `There is no store in ${folder}; check --data-dir.`);
  }
  const known: readonly string[] = MIGRATIONS;
  const executed = await migrationsIn(address);
  const unknown = executed.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new StartRefused(
      `${databaseName(address)} was migrated by a newer release (${unknown.join(', ')}); use that release.`,
    );
  }
  const missing = known.filter((name) => !executed.includes(name));
  if (missing.length > 0 && !allowOlder) {
    throw new StartRefused(
      `${databaseName(address)} has the schema of an older release (missing migrations: ${missing.join(', ')}). ` +
        'Run "npm run edgesoul -- migrate", or start the service, which migrates it.',
    );
  }
  return address;
}

async function migrationsIn(address: DatabaseAddress): Promise<string[]> {
  let executed: string[] | undefined;
  try {
    executed = await readStore(address, (reader) => reader.migrations());
  } catch (cause) {
    if (cause instanceof ForeignDatabase)
      throw notAStore(address, ` (${whyOf(cause.cause)}; if it used to be one, restore a backup)`, cause);
    if (cause instanceof DamagedDatabase) throw cause;
    if ('url' in address) throw unusableDatabase(databaseName(address), rootCause(cause));
    // A full or broken disk, or a file that cannot be opened: the work itself reports the failure.
    if (cause instanceof Unavailable && !(cause instanceof DatabaseLocked)) return [...MIGRATIONS];
    throw cause;
  }
  if (!executed) throw notAStore(address);
  return executed;
}

/** The error that the driver threw. */
function rootCause(error: unknown): unknown {
  const { cause } = error as { cause?: unknown };
  return cause ? rootCause(cause) : error;
}

function notAStore(address: DatabaseAddress, why = '', cause?: unknown): StartRefused {
  return new StartRefused(
    `${databaseName(address)} exists but is not an EdgeSoul store${why}; check --data-dir and --database-url. ` +
      '"npm run edgesoul -- init" creates a store.',
    { cause },
  );
}
