import type pg from 'pg';
import type { RowChange, RowChanges, RowStore } from '../row-store.js';
import { keyText, type Key, type Table } from '../table.js';
import { PostgresqlFullText } from './postgresql-full-text.js';
import { statementsOf } from './postgresql-statements.js';

interface Asked {
  known: Map<string, object | undefined>;
  missing: Map<string, readonly Key[]>;
}

/**
 * The rows of one write transaction. What is asked for and not in memory reads as absent at first; `settle` fetches all
 * of it, with one statement a table.
 */
export class PostgresqlRows implements Pick<RowStore, 'load'> {
  private readonly tables = new Map<Table, Asked>();

  constructor(private readonly client: pg.ClientBase) {}

  load(table: Table, key: readonly Key[], id = keyText(key)): object | undefined {
    let asked = this.tables.get(table);
    if (!asked) {
      asked = { known: new Map(), missing: new Map() };
      this.tables.set(table, asked);
    }
    const row = asked.known.get(id);
    if (row === undefined && !asked.known.has(id)) asked.missing.set(id, key);
    return row;
  }

  /** Fetches what is missing; true when all of it is absent indeed. */
  async settle(): Promise<boolean> {
    const asked = [...this.tables].filter(([, { missing }]) => missing.size > 0);
    const found = await Promise.all(asked.map(([table, each]) => this.fetch(table, each)));
    return found.every((count) => count === 0);
  }

  async save(changes: RowChanges): Promise<void> {
    await Promise.all([...changes].map(([table, changed]) => this.saveTable(table, [...changed.values()])));
    for (const [table, changed] of changes) this.remember(table, changed);
  }

  /** Inserts rows that are not there yet. */
  async insert(table: Table, rows: readonly object[]): Promise<void> {
    const statements = statementsOf(table);
    const inserting = this.client.query({ ...statements.insert, values: statements.rowArrays(rows) });
    const changes = rows.map((after) => ({ key: [], before: undefined, after }));
    await Promise.all([
      inserting,
      table.fullText && new PostgresqlFullText(table).save(this.client, changes),
    ]);
  }

  async clear(table: Table): Promise<void> {
    this.tables.delete(table);
    if (table.fullText) await new PostgresqlFullText(table).clear(this.client);
    await this.client.query(`delete from ${table.name}`);
  }

  private async saveTable(table: Table, changes: readonly RowChange[]): Promise<void> {
    const statements = statementsOf(table);
    const put = changes.flatMap(({ after }) => (after ? [after] : []));
    const gone = changes.filter(({ after }) => !after).map(({ key }) => key);
    const work: Promise<unknown>[] = [];
    if (put.length > 0)
      work.push(this.client.query({ ...statements.upsert, values: statements.rowArrays(put) }));
    if (gone.length > 0)
      work.push(this.client.query({ ...statements.remove, values: statements.keyArrays(gone) }));
    if (table.fullText) work.push(new PostgresqlFullText(table).save(this.client, changes));
    await Promise.all(work);
  }

  private async fetch(table: Table, { known, missing }: Asked): Promise<number> {
    const statements = statementsOf(table);
    const { rows } = await this.client.query<unknown[]>({
      ...statements.select,
      values: statements.keyArrays([...missing.values()]),
      rowMode: 'array',
    });
    for (const id of missing.keys()) known.set(id, undefined);
    for (const values of rows) {
      const row = statements.decode(values) as Record<string, Key>;
      known.set(keyText(table.key.map((column) => row[column] as Key)), row);
    }
    missing.clear();
    return rows.length;
  }

  private remember(table: Table, changed: ReadonlyMap<string, RowChange>): void {
    const asked = this.tables.get(table);
    if (asked) for (const [id, { after }] of changed) asked.known.set(id, after);
  }
}
