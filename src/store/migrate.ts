import { MIGRATIONS } from '../../migrations/names.js';
import type { DatabaseAddress } from './database-address.js';
import { readStore } from './open-store-reader.js';

/** Brings the database to this release's schema; answers the names of the migrations that ran. Throws StartRefused. */
export async function migrate(address: DatabaseAddress): Promise<string[]> {
  if (await isMigrated(address)) return [];
  // Only here: the ORM takes longer to load than most starts and commands take without it.
  const { runMigrations } = await import('./run-migrations.js');
  return runMigrations(address);
}

async function isMigrated(address: DatabaseAddress): Promise<boolean> {
  try {
    const names = await readStore(address, (reader) => reader.migrations());
    return names?.join() === MIGRATIONS.join();
  } catch {
    // No store yet, or one that cannot be read: migrating it says why.
    return false;
  }
}
