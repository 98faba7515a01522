import type { Config } from '../config.js';
import { openPostgresqlStore } from './postgresql/postgresql-store.js';
import { openSqliteStore } from './sqlite/sqlite-store.js';
import type { Store } from './store.js';

/** Opens the store that the settings name: the PostgreSQL database, or else the SQLite file of the data folder. */
export function openStore({ databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>): Promise<Store> {
  return databaseUrl === undefined ? openSqliteStore(dataDir) : openPostgresqlStore(databaseUrl);
}
