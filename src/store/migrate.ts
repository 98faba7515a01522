import { MIGRATIONS } from '../../migrations/names.js';
import type { DatabaseAddress } from './database-address.js';
import { readStore } from './open-store-reader.js';

/**
 * Migrates the database to the schema of this release. Returns the names of the migrations that ran; throws
 * StartRefused if it cannot.
 */
export async function migrate(address: DatabaseAddress): Promise<string[]> {
  if (await isMigrated(address)) return [];
  // Imported only when needed: loading the ORM takes longer than most starts and commands take without it.
  const { runMigrations } = await import('./run-migrations.js');
  return runMigrations(address);
}

async function isMigrated(address: DatabaseAddress): Promise<boolean> {
  try {
    const names = await readStore(address, (reader) => reader.migrations());
    return names?.join() === MIGRATIONS.join();
  } catch {
    // No store yet, or one that cannot be read; the migration then fails with the reason.
    return false;
  }
}
