import type pg from 'pg';
import { OLD, relationsOf, SHADOW, type Shadows } from '../shadow.js';
import type { Table } from '../table.js';

/** Limits how long a swap waits for the table's readers, since new readers queue behind it. */
const SET_LOCK_TIMEOUT = "set local lock_timeout = '300ms'";

interface IndexRow {
  name: string;
  definition: string;
  /** Whether the index belongs to the primary key. */
  primary: boolean;
  columns: string;
}

const SELECT_INDEXES = `select i.relname as name, pg_get_indexdef(i.oid) as definition, x.indisprimary as primary,
    (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a where a.attrelid = i.oid) as columns
  from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = to_regclass($1) order by i.relname`;

/** Shadow tables of a PostgreSQL schema; the caller opens the transaction. */
export class PostgresqlShadows implements Shadows {
  constructor(private readonly client: pg.ClientBase) {}

  async create(tables: readonly Table[]): Promise<void> {
    for (const { live, shadow } of tables.flatMap(relationsOf)) {
      await this.client.query(
        `create table ${shadow} (like ${live} including defaults including constraints including generated including storage)`,
      );
      for (const { name, definition, primary, columns } of await this.indexes(live)) {
        const statement = primary
          ? `alter table ${shadow} add constraint ${name}${SHADOW} primary key (${columns})`
          : definition.replace(/ INDEX \S+ ON \S+ /, ` INDEX ${name}${SHADOW} ON ${shadow} `);
        await this.client.query(statement);
      }
    }
  }

  async swap(tables: readonly Table[]): Promise<void> {
    await this.client.query(SET_LOCK_TIMEOUT);
    for (const { live, shadow, old } of tables.flatMap(relationsOf)) {
      const indexes = await this.indexes(live);
      await this.client.query(`alter table ${live} rename to ${old}`);
      await this.client.query(`alter table ${shadow} rename to ${live}`);
      for (const { name } of indexes) {
        await this.client.query(`alter index ${name} rename to ${name}${OLD}`);
        await this.client.query(`alter index ${name}${SHADOW} rename to ${name}`);
      }
    }
  }

  async analyze(tables: readonly Table[]): Promise<void> {
    const live = tables.flatMap(relationsOf).map((relation) => relation.live);
    await this.client.query(`analyze ${live.join(', ')}`);
  }

  async drop(table: Table): Promise<void> {
    for (const { shadow, old } of relationsOf(table)) {
      await this.client.query(`drop table if exists ${shadow}, ${old}`);
    }
  }

  private async indexes(relation: string): Promise<IndexRow[]> {
    const { rows } = await this.client.query<IndexRow>(SELECT_INDEXES, [relation]);
    return rows;
  }
}
