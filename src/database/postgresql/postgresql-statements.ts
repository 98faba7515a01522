import type { RowQuery } from '../row-store.js';
import { columnName, type Column, type Key, type Table } from '../table.js';

type Encode = (value: unknown) => unknown;
type Decode = (value: unknown) => unknown;

/** A named statement; each connection prepares it once. */
export interface Statement {
  name: string;
  text: string;
}

/** The statements of one table. They take one array per column: any number of rows costs one round trip. */
export class TableStatements {
  readonly select: Statement;
  /** The rows of several users. */
  readonly selectUsers: Statement;
  readonly insert: Statement;
  readonly upsert: Statement;
  readonly remove: Statement;
  private readonly names: string[];
  private readonly encoders: Encode[];
  private readonly decoders: Decode[];

  constructor(private readonly table: Table) {
    const { name, key } = table;
    this.names = Object.keys(table.columns);
    this.encoders = Object.values(table.columns).map(encoder);
    this.decoders = Object.values(table.columns).map(decoder);
    const columns = this.names.map(columnName);
    const keys = key.map(columnName);
    const keyRows = `unnest(${key.map((column, i) => array(table, column, i)).join(', ')}) as k(${keys.join(', ')})`;
    const keysMatch = keys.map((column) => `t.${column} = k.${column}`).join(' and ');
    const list = columns.map((column) => `t.${column}`).join(', ');
    this.select = {
      name: `load ${name}`,
      text: `select ${list} from ${name} t join ${keyRows} on ${keysMatch}`,
    };
    this.selectUsers = {
      name: `load users of ${name}`,
      text: `select ${list} from ${name} t where t.${keys[0] as string} = any(${array(table, key[0] as string, 0)})`,
    };
    this.remove = {
      name: `remove ${name}`,
      text: `delete from ${name} t using ${keyRows} where ${keysMatch}`,
    };
    const rest = columns.filter((column) => !keys.includes(column));
    const change =
      rest.length > 0 && !table.insertOnly
        ? `update set ${rest.map((c) => `${c} = excluded.${c}`).join(', ')}`
        : 'nothing';
    const insert =
      `insert into ${name} (${columns.join(', ')}) ` +
      `select * from unnest(${this.names.map((column, i) => array(table, column, i)).join(', ')})`;
    this.insert = { name: `insert ${name}`, text: insert };
    this.upsert = { name: `save ${name}`, text: `${insert} on conflict (${keys.join(', ')}) do ${change}` };
  }

  /** Returns one array per part of the key. */
  keyArrays(keys: readonly (readonly Key[])[]): Key[][] {
    return this.table.key.map((_, i) => keys.map((key) => key[i] as Key));
  }

  /** Returns one array per column. */
  rowArrays(rows: readonly object[]): unknown[][] {
    return this.names.map((name, i) => {
      const encode = this.encoders[i] as Encode;
      return rows.map((row) => encode((row as Record<string, unknown>)[name]));
    });
  }

  decode(values: readonly unknown[]): object {
    const row: Record<string, unknown> = {};
    for (const [i, name] of this.names.entries()) {
      const value = values[i];
      row[name] = value === null ? null : (this.decoders[i] as Decode)(value);
    }
    return row;
  }
}

const statements = new Map<Table, TableStatements>();

export function statementsOf(table: Table): TableStatements {
  let known = statements.get(table);
  if (!known) {
    known = new TableStatements(table);
    statements.set(table, known);
  }
  return known;
}

export function selectPage(table: Table, query: RowQuery): { text: string; values: unknown[] } {
  const columns = Object.keys(table.columns).map(columnName);
  const conditions: string[] = [];
  const values: unknown[] = [];
  const parameter = (value: unknown, property: string): string => {
    values.push(value);
    return `$${values.length}::${columnType(table.columns[property] as Column)}`;
  };
  for (const [column, operator, value] of query.filters) {
    if (!(column in table.columns)) throw new Error(`Table ${table.name} has no column ${column}.`);
    const name = columnName(column);
    if (operator === 'is null') conditions.push(`${name} is null`);
    else if (operator === 'is not being erased')
      conditions.push(`${name} not in (select user_id from erasures where pending)`);
    else if (operator === 'in') conditions.push(`${name} = any(${parameter(value, column)}[])`);
    else if (operator === 'is null or >')
      conditions.push(`(${name} is null or ${name} > ${parameter(value, column)})`);
    else conditions.push(`${name} ${operator} ${parameter(value, column)}`);
  }
  const order = query.order.map(columnName);
  if (query.after) {
    const place = query.after.map((part, i) => parameter(part, query.order[i] as string));
    conditions.push(`(${order.join(', ')}) ${query.descending ? '<' : '>'} (${place.join(', ')})`);
  }
  values.push(query.limit);
  const direction = query.descending ? ' desc' : '';
  const text =
    `select ${columns.join(', ')} from ${table.name}` +
    (conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '') +
    ` order by ${order.map((column) => column + direction).join(', ')} limit $${values.length}`;
  return { text, values };
}

export function columnType({ kind }: Column): string {
  switch (kind) {
    case 'integer':
      return 'bigint';
    case 'real':
      return 'double precision';
    case 'boolean':
      return 'boolean';
    case 'bytes':
      return 'bytea';
    case 'text':
    case 'json':
    case 'payload':
    default:
      return 'text';
  }
}

function array(table: Table, column: string, i: number): string {
  return `$${i + 1}::${columnType(table.columns[column] as Column)}[]`;
}

function encoder({ kind }: Column): Encode {
  if (kind === 'json') return (value) => (value === null ? null : JSON.stringify(value));
  if (kind === 'bytes') return (value) => (value === null ? null : Buffer.from(value as Uint8Array));
  return (value) => value;
}

function decoder({ kind }: Column): Decode {
  if (kind === 'json') return (value) => JSON.parse(value as string) as unknown;
  return (value) => value;
}
