import type pg from 'pg';
import { attempt, openPool } from '../database/postgresql/open-postgresql.js';
import { selectPage, statementsOf } from '../database/postgresql/postgresql-statements.js';
import type { RowQuery } from '../database/row-store.js';
import type { Table } from '../database/table.js';
import type { EventQuery, LogHead, StoredEvent } from '../events/log/event-log.js';
import { readEvents, readEventsByUser, readHead } from '../events/log/postgresql-event-reader.js';
import type { StoreReader, UserPlace } from './store-reader.js';

/** Scans a PostgreSQL database over one connection of its own. */
export class PostgresqlStoreReader implements StoreReader {
  private readonly pool: pg.Pool;
  /** The connection of the open snapshot. */
  private held: pg.PoolClient | undefined;

  constructor(url: string) {
    this.pool = openPool(url, 1);
  }

  head(): Promise<LogHead> {
    return attempt(() => readHead(this.db));
  }

  events(query: EventQuery): Promise<StoredEvent[]> {
    return attempt(() => readEvents(this.db, query));
  }

  eventsByUser(after: UserPlace, limit: number): Promise<StoredEvent[]> {
    return attempt(() => readEventsByUser(this.db, after, limit));
  }

  rows<Row extends object>(table: Table<Row>, query: RowQuery): Promise<Row[]> {
    const statements = statementsOf(table);
    return attempt(async () => {
      const { rows } = await this.db.query<unknown[]>({ ...selectPage(table, query), rowMode: 'array' });
      return rows.map((values) => statements.decode(values) as Row);
    });
  }

  snapshot<T>(work: () => Promise<T>): Promise<T> {
    return attempt(async () => {
      const client = await this.pool.connect();
      let broken = false;
      try {
        await client.query('begin isolation level repeatable read read only');
        this.held = client;
        return await work();
      } catch (error) {
        broken = !(error instanceof Error) || 'code' in error;
        throw error;
      } finally {
        this.held = undefined;
        if (!broken) await client.query('rollback').catch(() => (broken = true));
        client.release(broken);
      }
    });
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private get db(): Pick<pg.ClientBase, 'query'> {
    return this.held ?? this.pool;
  }
}
