import type { Config } from '../config.js';
import type { Decider } from '../writer/deciding-writer.js';
import { openPostgresqlStore } from './postgresql/postgresql-store.js';
import { openSqliteStore } from './sqlite/sqlite-store.js';
import type { Store } from './store.js';

/**
 * Opens the configured store: the PostgreSQL database, or else the SQLite file of the data folder. The
 * `deciders` are for PostgreSQL only; the writer thread of SQLite imports them itself.
 */
export function openStore(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  deciders: ReadonlyMap<string, Decider>,
): Promise<Store> {
  return databaseUrl === undefined ? openSqliteStore(dataDir) : openPostgresqlStore(databaseUrl, deciders);
}
