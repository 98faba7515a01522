import type pg from 'pg';
import { openPool } from '../../database/postgresql/open-postgresql.js';
import { translating } from '../../database/postgresql/postgresql-errors.js';
import { relationsOf } from '../../database/shadow.js';
import type { Table } from '../../database/table.js';
import { Refused } from '../../errors.js';
import {
  accessKeysTable,
  LOG_TABLES,
  personReadsTable,
  storeMarksTable,
} from '../../events/log/log-tables.js';
import { LOCK_LOG } from '../../events/log/postgresql-event-log.js';
import { readHead } from '../../events/log/postgresql-event-reader.js';
import { newId } from '../../events/uuid.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';

/** The exact content that a store must have when it is emptied. */
export interface StoreContent {
  /** Position of the last event; 0 if there is none. */
  position: number;
  /** Hash at the head of the chain. */
  chainHead: string;
  /** Number of receipts. */
  receipts: number;
}

/**
 * Empties every table of the store in one transaction that locks out all writers. Throws Refused and changes
 * nothing if the content of the store is not the expected one.
 */
export async function emptyDatabase(url: string, expected: StoreContent): Promise<void> {
  const pool = openPool(url, 1);
  try {
    await translating(() => truncateTables(pool, expected));
  } finally {
    await pool.end();
  }
}

async function truncateTables(pool: pg.Pool, expected: StoreContent): Promise<void> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    // Waits this long for readers' locks, then fails instead of blocking every new reader.
    await client.query("set local lock_timeout = '10s'");
    await client.query(LOCK_LOG);
    await client.query(`lock table ${tableNames()} in access exclusive mode`);
    if (!(await hasContent(client, expected)))
      throw new Refused(
        'reset.store-changed',
        'The store changed after its backup was made, so nothing was reset. Stop every service that uses it, then try again.',
      );
    // The table's owner may disable triggers; session_replication_role would need a superuser.
    await client.query('alter table events disable trigger user');
    await client.query(`truncate ${tableNames()}`);
    // An empty store is another store, so that a follower of the old one finds out.
    await client.query('insert into store_identity (store_id) values ($1)', [newId()]);
    await client.query('alter table events enable trigger user');
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

async function hasContent(
  client: pg.ClientBase,
  { position, chainHead, receipts }: StoreContent,
): Promise<boolean> {
  const head = await readHead(client);
  const { rows } = await client.query<{ count: number }>('select count(*) from receipts');
  return head.position === position && head.hash === chainHead && rows[0]?.count === receipts;
}

function tableNames(): string {
  // That this store records what it gives up stays true, and who may use it and who has read stays the same.
  const kept = new Set<Table>([storeMarksTable, accessKeysTable, personReadsTable]);
  const emptied = LOG_TABLES.filter((table) => !kept.has(table));
  const all = [...emptied, ...PROJECTIONS.flatMap((projection) => projection.tables)];
  return all
    .flatMap(relationsOf)
    .map(({ live }) => live)
    .join(', ');
}
