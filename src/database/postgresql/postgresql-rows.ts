import type pg from 'pg';
import { removalsOf, type RowChange, type RowChanges, type RowLoader } from '../row-store.js';
import { keyText, type Key, type Table } from '../table.js';
import { PostgresqlFullText } from './postgresql-full-text.js';
import { selectPage, statementsOf } from './postgresql-statements.js';

interface LoadedRows {
  known: Map<string, object | undefined>;
  missing: Map<string, readonly Key[]>;
  /** The rows of whole users. */
  users: Map<string, object[]>;
  missingUsers: Set<string>;
}

/**
 * The rows of one write transaction. A row that is not in memory reads as absent at first and is recorded as
 * missing; `loadMissing` fetches all missing rows with one statement per table.
 */
export class PostgresqlRows implements RowLoader {
  private readonly tables = new Map<Table, LoadedRows>();

  constructor(private readonly client: pg.ClientBase) {}

  load(table: Table, key: readonly Key[], id = keyText(key)): object | undefined {
    const loaded = this.loadedOf(table);
    const row = loaded.known.get(id);
    if (row === undefined && !loaded.known.has(id)) loaded.missing.set(id, key);
    return row;
  }

  loadUser(table: Table, userId: string): readonly object[] {
    const { users, missingUsers } = this.loadedOf(table);
    const rows = users.get(userId);
    if (!rows) missingUsers.add(userId);
    return rows ?? [];
  }

  /** Fetches the missing rows; returns true when none of them exists. */
  async loadMissing(): Promise<boolean> {
    const tables = [...this.tables];
    const counts = await Promise.all([
      ...tables.filter(([, { missing }]) => missing.size > 0).map(([table, each]) => this.fetch(table, each)),
      ...tables
        .filter(([, { missingUsers }]) => missingUsers.size > 0)
        .map(([table, each]) => this.fetchUsers(table, each)),
    ]);
    return counts.every((count) => count === 0);
  }

  async save(changes: RowChanges): Promise<void> {
    await Promise.all([...changes].map(([table, changed]) => this.saveTable(table, [...changed.values()])));
    for (const [table, changed] of changes) this.remember(table, changed);
  }

  /** Inserts rows that do not exist yet. */
  async insert(table: Table, rows: readonly object[]): Promise<void> {
    const statements = statementsOf(table);
    const inserting = this.client.query({ ...statements.insert, values: statements.rowArrays(rows) });
    const changes = rows.map((after) => ({ key: [], before: undefined, after }));
    await Promise.all([
      inserting,
      table.fullText && new PostgresqlFullText(table).save(this.client, changes),
    ]);
  }

  /** Removes rows of the user, at most `limit`, and returns how many. */
  async removeSome(table: Table, userId: string, limit: number): Promise<number> {
    const query = { filters: [['userId', '=', userId]] as const, order: table.key, limit };
    const { rows } = await this.client.query<unknown[]>({ ...selectPage(table, query), rowMode: 'array' });
    const decoded = rows.map((values) => statementsOf(table).decode(values));
    await this.save(new Map([[table, removalsOf(table, decoded)]]));
    return rows.length;
  }

  async clear(table: Table): Promise<void> {
    this.tables.delete(table);
    if (table.fullText) await new PostgresqlFullText(table).clear(this.client);
    await this.client.query(`delete from ${table.name}`);
  }

  private async saveTable(table: Table, changes: readonly RowChange[]): Promise<void> {
    const statements = statementsOf(table);
    const put = changes.flatMap(({ after }) => (after ? [after] : []));
    const removed = changes.filter(({ after }) => !after).map(({ key }) => key);
    const work: Promise<unknown>[] = [];
    if (put.length > 0)
      work.push(this.client.query({ ...statements.upsert, values: statements.rowArrays(put) }));
    if (removed.length > 0)
      work.push(this.client.query({ ...statements.remove, values: statements.keyArrays(removed) }));
    if (table.fullText) work.push(new PostgresqlFullText(table).save(this.client, changes));
    await Promise.all(work);
  }

  private async fetch(table: Table, { known, missing }: LoadedRows): Promise<number> {
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

  private async fetchUsers(table: Table, { users, missingUsers }: LoadedRows): Promise<number> {
    const statements = statementsOf(table);
    const { rows } = await this.client.query<unknown[]>({
      ...statements.selectUsers,
      values: [[...missingUsers]],
      rowMode: 'array',
    });
    for (const userId of missingUsers) users.set(userId, []);
    for (const values of rows) {
      const row = statements.decode(values) as Record<string, Key>;
      users.get(String(row[table.key[0] as string]))?.push(row);
    }
    missingUsers.clear();
    return rows.length;
  }

  private loadedOf(table: Table): LoadedRows {
    let loaded = this.tables.get(table);
    if (!loaded) {
      loaded = { known: new Map(), missing: new Map(), users: new Map(), missingUsers: new Set() };
      this.tables.set(table, loaded);
    }
    return loaded;
  }

  private remember(table: Table, changed: ReadonlyMap<string, RowChange>): void {
    const loaded = this.tables.get(table);
    if (!loaded) return;
    loaded.users.clear();
    for (const [id, { after }] of changed) loaded.known.set(id, after);
  }
}
