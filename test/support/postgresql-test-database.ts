import type pg from 'pg';
import { openPool } from '../../src/database/postgresql/open-postgresql.js';
import type { Table } from '../../src/database/table.js';
import type { EventLog } from '../../src/events/log/event-log.js';
import { PostgresqlEventLog } from '../../src/events/log/postgresql-event-log.js';
import type { EventFolds } from '../../src/projections/folding/event-folds.js';
import type { StoreReader } from '../../src/projections/folding/store-reader.js';
import { PostgresqlReads } from '../../src/projections/reads/postgresql-reads.js';
import type { RemoteMemoryIndex } from '../../src/projections/reads/search/memory-index.js';
import { postgresqlMemoryIndex } from '../../src/projections/reads/search/postgresql-memory-index.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import { dropDatabase, migratedDatabase, runSql } from './postgresql-databases.js';
import { PlanReader, plansWith } from './retract.js';
import {
  MAX_ROWS,
  insertChange,
  writerOver,
  type DatabaseUnderTest,
  type TestDatabase,
  type WriterOptions,
} from './test-database.js';

/** A new database for every test, on the run's server. */
export const POSTGRESQL: DatabaseUnderTest = {
  name: 'PostgreSQL',
  open: () => PostgresqlTestDatabase.open(),
  bypasses: [
    { what: 'truncation', sql: 'truncate events' },
    {
      what: 'a replacement on conflict',
      sql: `insert into events select * from events where position = 3
          on conflict (user_id, position) do update set type = 'memory.formed'`,
    },
    {
      what: 'a merge',
      sql: `merge into events e using (values (3)) v(p) on e.position = v.p when matched then delete`,
    },
  ],
};

class PostgresqlTestDatabase implements TestDatabase {
  private readonly plans: PlanReader;

  private constructor(
    private readonly url: string,
    private pool: pg.Pool,
  ) {
    this.plans = new PlanReader({ url });
  }

  static async open(): Promise<PostgresqlTestDatabase> {
    const url = await migratedDatabase();
    return new PostgresqlTestDatabase(url, openPool(url, 8, { pipeline: true }));
  }

  get log(): EventLog {
    return new PostgresqlEventLog(this.pool);
  }

  writer(folds: EventFolds, options?: WriterOptions): EventWriter {
    return plansWith(writerOver(this.log, folds, options), this.plans);
  }

  async rows<Row extends object>(table: Table<Row>): Promise<Row[]> {
    return this.reads.list(table, { filters: [], order: table.key, limit: MAX_ROWS });
  }

  get address(): { url: string } {
    return { url: this.url };
  }

  get reads(): PostgresqlReads {
    return new PostgresqlReads(this.pool);
  }

  get reader(): StoreReader {
    return this.plans.connected;
  }

  get index(): RemoteMemoryIndex {
    return postgresqlMemoryIndex(this.pool, this.reads);
  }

  async schema(): Promise<unknown[]> {
    const { rows } = await this.pool.query<object>(`
      select table_name as of, column_name as name, data_type || ' ' || is_nullable || coalesce(generation_expression, '') as what
        from information_schema.columns where table_schema = current_schema()
      union all select tablename, indexname, indexdef from pg_indexes where schemaname = current_schema()
      union all select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
        where connamespace = current_schema()::regnamespace
      order by 1, 2, 3`);
    return rows;
  }

  async insertRow<Row extends object>(table: Table<Row>, row: Row): Promise<void> {
    await this.log.transaction((transaction) => transaction.save(insertChange(table, row)));
  }

  async execute(sql: string): Promise<void> {
    await runSql(this.url, sql);
  }

  async tamper(sql: string): Promise<void> {
    await runSql(
      this.url,
      `alter table events disable trigger user; ${sql}; alter table events enable trigger user`,
    );
  }

  async reopen(): Promise<void> {
    await this.pool.end();
    this.pool = openPool(this.url, 8, { pipeline: true });
  }

  async close(): Promise<void> {
    await this.plans.close();
    await this.pool.end();
    await dropDatabase(this.url);
  }
}
