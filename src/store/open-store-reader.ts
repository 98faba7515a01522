import { openPool } from '../database/postgresql/open-postgresql.js';
import { PostgresqlStoreReader } from '../projections/folding/postgresql-store-reader.js';
import { SqliteStoreReader } from '../projections/folding/sqlite-store-reader.js';
import type { StoreReader } from '../projections/folding/store-reader.js';
import { PostgresqlReads } from '../projections/reads/postgresql-reads.js';
import { SqliteReads } from '../projections/reads/sqlite-reads.js';
import type { DatabaseAddress } from './database-address.js';

/** Opens a migrated database for scans. This or another process may write to it at the same time. */
export function openStoreReader(address: DatabaseAddress): StoreReader {
  return 'file' in address ? new SqliteStoreReader(address.file) : new PostgresqlStoreReader(address.url);
}

/** Opens a reader, runs the work with it and closes it. */
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

/** Opens the reads of a migrated database without a writer. Another process may be writing to it. */
export function openReads(address: DatabaseAddress): SqliteReads | PostgresqlReads {
  return 'file' in address ? new SqliteReads(address.file) : new PostgresqlReads(openPool(address.url, 1));
}
