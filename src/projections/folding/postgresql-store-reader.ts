import type pg from 'pg';
import { openPool } from '../../database/postgresql/open-postgresql.js';
import { translating } from '../../database/postgresql/postgresql-errors.js';
import { selectPage, statementsOf } from '../../database/postgresql/postgresql-statements.js';
import type { RowQuery } from '../../database/row-store.js';
import type { Table } from '../../database/table.js';
import type {
  EventQuery,
  LogHead,
  ScannedEvent,
  StoredEvent,
  UserChange,
  UserEventQuery,
  UserEvents,
} from '../../events/log/event-log.js';
import {
  readChangesOfUser,
  readEvents,
  readEventsByUser,
  readEventsOfUser,
  readHead,
  readStoreId,
} from '../../events/log/postgresql-event-reader.js';
import { uuidText } from '../../events/log/uuid-bytes.js';
import type { StoreReader, UserPlace } from './store-reader.js';

/** Scans a PostgreSQL database over one connection of its own. */
export class PostgresqlStoreReader implements StoreReader {
  private readonly pool: pg.Pool;
  /** The connection of the open snapshot. */
  private snapshotClient: pg.PoolClient | undefined;

  constructor(url: string) {
    this.pool = openPool(url, 1);
  }

  head(): Promise<LogHead> {
    return translating(() => readHead(this.db));
  }

  storeId(): Promise<string> {
    return translating(() => readStoreId(this.db));
  }

  events(query: EventQuery): Promise<StoredEvent[]> {
    return translating(() => readEvents(this.db, query));
  }

  eventsByUser(after: UserPlace, limit: number, asOf?: number): Promise<ScannedEvent[]> {
    return translating(() => readEventsByUser(this.db, after, limit, asOf));
  }

  eventsOfUser(query: UserEventQuery): Promise<UserEvents> {
    return translating(() => readEventsOfUser(this.db, query));
  }

  changesOfUser(query: Omit<UserEventQuery, 'types'>): Promise<UserChange[]> {
    return translating(() => readChangesOfUser(this.db, query));
  }

  userAtOffset(after: string, events: number): Promise<string | undefined> {
    return translating(async () => {
      const { rows } = await this.db.query<{ user_id: string }>(
        'select user_id from events where user_id > $1 order by user_id, position limit 1 offset $2',
        [after, events],
      );
      return rows[0]?.user_id;
    });
  }

  rows<Row extends object>(table: Table<Row>, query: RowQuery): Promise<Row[]> {
    const statements = statementsOf(table);
    return translating(async () => {
      const { rows } = await this.db.query<unknown[]>({ ...selectPage(table, query), rowMode: 'array' });
      return rows.map((values) => statements.decode(values) as Row);
    });
  }

  count(table: Table): Promise<number> {
    return this.countOf(table.name);
  }

  migrations(): Promise<string[] | undefined> {
    return translating(async () => {
      const table = await this.db.query<{ found: boolean }>(
        `select to_regclass('mikro_orm_migrations') is not null as found`,
      );
      if (!table.rows[0]?.found) return undefined;
      const { rows } = await this.db.query<{ name: string }>(
        'select name from mikro_orm_migrations order by id',
      );
      return rows.map(({ name }) => name);
    });
  }

  /** Always empty: PostgreSQL checks its pages itself (data checksums), and `amcheck` can check an index. */
  async storageDamage(): Promise<string[]> {
    return [];
  }

  /** The head: positions come from appending after the last event, not from a sequence. */
  async lastAssignedPosition(): Promise<number> {
    return (await this.head()).position;
  }

  duplicateEventIds(): Promise<string[]> {
    return translating(async () => {
      const { rows } = await this.db.query<{ event_id: Uint8Array }>(
        'select event_id from events group by event_id having count(*) > 1 limit 10',
      );
      return rows.map(({ event_id: id }) => uuidText(id));
    });
  }

  indexedTerms(table: Table, userId: string): Promise<Map<number, string[]>> {
    return translating(async () => {
      const { rows } = await this.db.query<{ id: number; terms: string }>({
        name: `indexed terms of ${table.name}`,
        text: `select id, terms from ${table.name}_fts where user_id = $1`,
        values: [userId],
      });
      return new Map(rows.map(({ id, terms }) => [id, terms.split(' ').filter(Boolean)]));
    });
  }

  indexedRows(table: Table): Promise<number> {
    return this.countOf(`${table.name}_fts`);
  }

  snapshot<T>(work: () => Promise<T>): Promise<T> {
    return translating(async () => {
      const client = await this.pool.connect();
      let broken = false;
      try {
        await client.query('begin isolation level repeatable read read only');
        this.snapshotClient = client;
        return await work();
      } catch (error) {
        broken = !(error instanceof Error) || 'code' in error;
        throw error;
      } finally {
        this.snapshotClient = undefined;
        if (!broken) await client.query('rollback').catch(() => (broken = true));
        client.release(broken);
      }
    });
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private countOf(name: string): Promise<number> {
    return translating(async () => {
      const { rows } = await this.db.query<{ count: number }>(`select count(*) from ${name}`);
      return rows[0]?.count ?? 0;
    });
  }

  private get db(): Pick<pg.ClientBase, 'query'> {
    return this.snapshotClient ?? this.pool;
  }
}
