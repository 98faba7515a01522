import { PostgresqlStoreReader } from '../projections/folding/postgresql-store-reader.js';
import { SqliteStoreReader } from '../projections/folding/sqlite-store-reader.js';
import type { StoreReader } from '../projections/folding/store-reader.js';
import type { DatabaseAddress } from './database-address.js';

/** Opens a migrated database for scans; it may be written meanwhile, also by another process. */
export function openStoreReader(address: DatabaseAddress): StoreReader {
  return 'file' in address ? new SqliteStoreReader(address.file) : new PostgresqlStoreReader(address.url);
}

/** Runs the work over a reader of its own. */
export async function readStore<T>(
  address: DatabaseAddress,
  work: (reader: StoreReader) => Promise<T>,
): Promise<T> {
  const reader = openStoreReader(address);
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}
