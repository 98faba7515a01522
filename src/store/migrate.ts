import type { DatabaseAddress } from './database-address.js';

/** Brings the database to this release's schema; answers the names of the migrations that ran. Throws StartRefused. */
export async function migrate(address: DatabaseAddress): Promise<string[]> {
  // Only here: the ORM takes longer to load than most commands of the command line take.
  const { runMigrations } = await import('./run-migrations.js');
  return runMigrations(address);
}
