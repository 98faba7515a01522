import type { Config } from '../config.js';
import type { Decider } from '../writer/deciding-writer.js';
import type { KeyRing } from './keys/key-ring.js';
import { openPostgresqlStore } from './postgresql/postgresql-store.js';
import type { LoadedWordVectors } from './read-word-vectors.js';
import { openSqliteStore } from './sqlite/sqlite-store.js';
import type { Store } from './store.js';

/**
 * Opens the configured store: the PostgreSQL database, or else the SQLite file of the data folder. The
 * deciders are loaded for PostgreSQL only; the writer thread of SQLite loads them itself. Searches use the
 * word vectors, if there are any. The store of a tenant has no keys of its own: it gets the ring of the
 * default one.
 */
export function openStore(
  { databaseUrl, dataDir, quotas }: Pick<Config, 'databaseUrl' | 'dataDir'> & Partial<Pick<Config, 'quotas'>>,
  loadDeciders: () => Promise<ReadonlyMap<string, Decider>>,
  { words, keys }: { words?: Pick<LoadedWordVectors, 'memory'> | undefined; keys?: KeyRing } = {},
): Promise<Store> {
  const shared = { words: words?.memory, keys, quotas };
  return databaseUrl === undefined
    ? openSqliteStore(dataDir, shared)
    : openPostgresqlStore(databaseUrl, loadDeciders, shared);
}
