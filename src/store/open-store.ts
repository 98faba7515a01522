import type { Config } from '../config.js';
import type { Decider } from '../writer/deciding-writer.js';
import { openPostgresqlStore } from './postgresql/postgresql-store.js';
import { openSqliteStore } from './sqlite/sqlite-store.js';
import type { Store } from './store.js';

/**
 * Opens the store that the settings name: the PostgreSQL database, or else the SQLite file of the data folder, whose
 * writer's thread finds the deciders of commands itself.
 */
export function openStore(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  deciders: ReadonlyMap<string, Decider>,
): Promise<Store> {
  return databaseUrl === undefined ? openSqliteStore(dataDir) : openPostgresqlStore(databaseUrl, deciders);
}
