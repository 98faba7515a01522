import type Database from 'better-sqlite3';
import type { LRUCache } from 'lru-cache';
import { boundedCache } from '../bounded-cache.js';
import { removalsOf, type RowChanges, type RowQuery, type RowStore } from '../row-store.js';
import { columnName, keyText, withoutFullText, type Column, type Key, type Table } from '../table.js';
import { SqliteFullText } from './sqlite-full-text.js';

/** Most cached rows of one table. */
const MAX_HOT_ROWS = 20_000;

type Bindable = Key | Uint8Array | null;
type Decode = (value: unknown) => unknown;
type Encode = (value: unknown) => Bindable;

/** The statements of one table, prepared on first use. */
class TableStatements {
  readonly select: Database.Statement;
  /** The rows of one user, up to a number; -1 for all of them. */
  readonly selectUser: Database.Statement;
  readonly insert: Database.Statement;
  readonly upsert: Database.Statement;
  /** For a row whose indexed columns do not change; it does not touch the indexes. */
  readonly update: Database.Statement | undefined;
  readonly remove: Database.Statement;
  readonly fullText: SqliteFullText | undefined;
  /** Cache of the table's hot rows, on the writing connection only. */
  readonly cache: LRUCache<string, object> | undefined;
  private readonly isInsertOnly: boolean;
  private readonly names: string[];
  private readonly decoders: Decode[];
  private readonly upserted: readonly Parameter[];
  private readonly updated: readonly Parameter[];
  private readonly indexed: readonly string[];

  constructor(db: Database.Database, table: Table, cached: boolean) {
    if (cached && table.hot) this.cache = boundedCache(MAX_HOT_ROWS);
    this.names = Object.keys(table.columns);
    this.decoders = Object.values(table.columns).map(decoder);
    this.indexed = table.indexes
      .flatMap(({ columns }) => columns)
      .filter((name) => !table.key.includes(name));
    const fixed = new Set([...table.key, ...this.indexed]);
    const changing = this.names.filter((name) => !fixed.has(name));
    const parameter = (name: string): Parameter => [name, encoder(table.columns[name] as Column)];
    this.upserted = this.names.map(parameter);
    this.updated = [...changing, ...table.key].map(parameter);
    const columns = this.names.map(columnName);
    const key = table.key.map(columnName);
    const where = key.map((column) => `${column} = ?`).join(' and ');
    this.select = db.prepare(`select ${columns.join(', ')} from ${table.name} where ${where}`).raw();
    this.selectUser = db
      .prepare(`select ${columns.join(', ')} from ${table.name} where ${key[0] as string} = ? limit ?`)
      .raw();
    const rest = columns.filter((column) => !key.includes(column));
    const onConflict =
      rest.length > 0 ? `update set ${rest.map((c) => `${c} = excluded.${c}`).join(', ')}` : 'nothing';
    const insert = `insert into ${table.name} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`;
    this.insert = db.prepare(insert);
    this.isInsertOnly = table.insertOnly ?? false;
    this.upsert = this.isInsertOnly
      ? this.insert
      : db.prepare(`${insert} on conflict (${key.join(', ')}) do ${onConflict}`);
    if (changing.length > 0 && !this.isInsertOnly) {
      const set = changing.map((name) => `${columnName(name)} = ?`).join(', ');
      this.update = db.prepare(`update ${table.name} set ${set} where ${where}`);
    }
    this.remove = db.prepare(`delete from ${table.name} where ${where}`);
    if (table.fullText) this.fullText = new SqliteFullText(db, table);
  }

  write(before: object | undefined, after: object): void {
    if (before && this.isInsertOnly) return;
    const indexesStay = before && this.indexed.every((name) => same(before, after, name));
    // The update changes nothing when the row was deleted by another connection; then the upsert inserts it.
    if (indexesStay && this.update && this.update.run(encoded(after, this.updated)).changes > 0) return;
    this.upsert.run(encoded(after, this.upserted));
  }

  /** Encodes a new row and returns the function that inserts it. */
  insertion(row: object): () => void {
    const values = encoded(row, this.upserted);
    const indexed = this.fullText?.insertion(row);
    return () => {
      this.insert.run(values);
      indexed?.();
    };
  }

  decode(values: unknown[]): object {
    const row: Record<string, unknown> = {};
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      row[this.names[i] as string] = value === null ? null : (this.decoders[i] as Decode)(value);
    }
    return row;
  }
}

/** Rows in SQLite, over one connection; the caller opens the transaction. */
export class SqliteRows implements RowStore {
  private readonly tables = new Map<Table, TableStatements>();
  private readonly queries = new Map<string, Database.Statement>();

  private readonly cached: boolean;
  private readonly indexed: (table: Table) => boolean;

  /**
   * With `cached`, hot rows stay in memory: safe only on the one connection that writes them. `indexed` says of
   * which tables the database has the full-text index, if it has one.
   */
  constructor(
    private readonly db: Database.Database,
    { cached = false, indexed = () => true }: { cached?: boolean; indexed?: (table: Table) => boolean } = {},
  ) {
    this.cached = cached;
    this.indexed = indexed;
  }

  load(table: Table, key: readonly Key[], id?: string): object | undefined {
    const statements = this.statementsOf(table);
    const { cache } = statements;
    const cacheKey = cache && (id ?? keyText(key));
    const cached = cache?.get(cacheKey as string);
    if (cached) return cached;
    const values = statements.select.get(key) as unknown[] | undefined;
    if (!values) return undefined;
    const row = statements.decode(values);
    cache?.set(cacheKey as string, row);
    return row;
  }

  loadUser(table: Table, userId: string, limit = -1): object[] {
    const statements = this.statementsOf(table);
    return (statements.selectUser.all(userId, limit) as unknown[][]).map((values) =>
      statements.decode(values),
    );
  }

  save(changes: RowChanges): void {
    for (const [table, changed] of changes) {
      const statements = this.statementsOf(table);
      const { cache, fullText } = statements;
      for (const [id, { key, before, after }] of changed) {
        if (after) {
          statements.write(before, after);
          cache?.set(id, after);
        } else {
          statements.remove.run(key);
          cache?.delete(id);
        }
      }
      fullText?.save(changed.values());
    }
  }

  /** Removes rows of the user, at most `limit`, and returns how many. */
  removeSome(table: Table, userId: string, limit: number): number {
    const rows = this.loadUser(table, userId, limit);
    this.save(new Map([[table, removalsOf(table, rows)]]));
    return rows.length;
  }

  /** Encodes new rows and returns the function that inserts each of them. */
  insertions(table: Table, rows: readonly object[]): (() => void)[] {
    const statements = this.statementsOf(table);
    return rows.map((row) => statements.insertion(row));
  }

  /** Empties the caches, which are invalid after a rollback or another connection's commit. */
  dropCaches(): void {
    for (const { cache } of this.tables.values()) cache?.clear();
  }

  clear(table: Table): void {
    this.dropCaches();
    this.statementsOf(table).fullText?.clear();
    this.query(`delete from ${table.name}`).run();
  }

  list(table: Table, query: RowQuery): object[] {
    const { sql, parameters } = selectPage(table, query);
    const statements = this.statementsOf(table);
    const rows = this.query(sql)
      .raw()
      .all(...parameters) as unknown[][];
    return rows.map((values) => statements.decode(values));
  }

  fullText(table: Table): SqliteFullText {
    const { fullText } = this.statementsOf(table);
    if (!fullText) throw new Error(`Table ${table.name} declares no full text.`);
    return fullText;
  }

  private statementsOf(table: Table): TableStatements {
    let statements = this.tables.get(table);
    if (!statements) {
      const own = this.indexed(table) ? table : withoutFullText(table);
      statements = new TableStatements(this.db, own, this.cached);
      this.tables.set(table, statements);
    }
    return statements;
  }

  /** Query texts come from declared tables and a closed set of operators, so there are few of them. */
  private query(sql: string): Database.Statement {
    let statement = this.queries.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.queries.set(sql, statement);
    }
    return statement;
  }
}

/** Builds the statement that reads a page of rows; exported so that a test can check its query plan. */
export function selectPage(table: Table, query: RowQuery): { sql: string; parameters: Key[] } {
  const columns = Object.keys(table.columns).map(columnName);
  const conditions: string[] = [];
  const parameters: Key[] = [];
  for (const [column, operator, value] of query.filters) {
    if (!(column in table.columns)) throw new Error(`Table ${table.name} has no column ${column}.`);
    if (operator === 'is null') {
      conditions.push(`${columnName(column)} is null`);
    } else if (operator === 'is not being erased') {
      conditions.push(`${columnName(column)} not in (select user_id from erasures where pending = 1)`);
    } else if (operator === 'is null or >') {
      conditions.push(`(${columnName(column)} is null or ${columnName(column)} > ?)`);
      parameters.push(value as Key);
    } else if (operator === 'in') {
      conditions.push(`${columnName(column)} in (select value from json_each(?))`);
      parameters.push(JSON.stringify(value));
    } else {
      conditions.push(`${columnName(column)} ${operator} ?`);
      parameters.push(value as Key);
    }
  }
  const order = query.order.map(columnName);
  if (query.after) {
    conditions.push(
      `(${order.join(', ')}) ${query.descending ? '<' : '>'} (${order.map(() => '?').join(', ')})`,
    );
    parameters.push(...query.after);
  }
  const direction = query.descending ? ' desc' : '';
  const sql =
    `select ${columns.join(', ')} from ${table.name}` +
    (conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '') +
    ` order by ${order.map((column) => column + direction).join(', ')} limit ?`;
  return { sql, parameters: [...parameters, query.limit] };
}

/** The table as SQLite has it: with a rowid as the primary key if its rows are only inserted. */
export function sqliteTable(table: Table): Table {
  return table.insertOnly ? { ...table, columns: { id: ROWID, ...table.columns }, key: ['id'] } : table;
}

const ROWID: Column = { kind: 'integer', nullable: false };

export function columnType({ kind }: Column): string {
  if (kind === 'text' || kind === 'json') return 'text';
  if (kind === 'real') return 'real';
  if (kind === 'bytes' || kind === 'payload') return 'blob';
  return 'integer';
}

type Parameter = readonly [name: string, encode: Encode];

function encoded(row: object, parameters: readonly Parameter[]): Bindable[] {
  const values: Bindable[] = [];
  for (const [name, encode] of parameters) values.push(encode((row as Record<string, unknown>)[name]));
  return values;
}

function same(before: object, after: object, name: string): boolean {
  return (before as Record<string, unknown>)[name] === (after as Record<string, unknown>)[name];
}

function encoder(column: Column): Encode {
  if (column.kind === 'json') return (value) => (value === null ? null : JSON.stringify(value));
  if (column.kind === 'boolean') return (value) => (value === null ? null : Number(value));
  return (value) => value as Bindable;
}

function decoder(column: Column): Decode {
  if (column.kind === 'json') return (value) => JSON.parse(value as string) as unknown;
  if (column.kind === 'boolean') return (value) => value === 1;
  return (value) => value;
}
