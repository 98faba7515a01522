import { openPool } from '../database/postgresql/open-postgresql.js';
import { PostgresqlReads } from '../projections/reads/postgresql-reads.js';
import { SqliteReads } from '../projections/reads/sqlite-reads.js';
import type { DatabaseAddress } from './database-address.js';

/** Opens the reads of a migrated database, without a writer; it may be written meanwhile. */
export function openReads(address: DatabaseAddress): SqliteReads | PostgresqlReads {
  return 'file' in address ? new SqliteReads(address.file) : new PostgresqlReads(openPool(address.url, 1));
}
