/** One part of a key. */
export type Key = string | number;

type Kind = 'text' | 'integer' | 'real' | 'boolean' | 'json' | 'bytes' | 'payload';

/**
 * A column: the kind of its values and whether they may be null. Instants are integers: ms since 1970 UTC.
 */
export interface Column<T = unknown> {
  readonly kind: Kind;
  readonly nullable: boolean;
  /** An integer that is an instant. */
  readonly instant?: true;
  /** For the compiler only: the type of the value in a row. */
  readonly type?: T;
}

const column = <T>(kind: Kind): Column<T> => ({ kind, nullable: false });

export const text = (): Column<string> => column('text');
export const integer = (): Column<number> => column('integer');
export const instant = (): Column<number> => ({ ...integer(), instant: true });
export const real = (): Column<number> => column('real');
export const boolean = (): Column<boolean> => column('boolean');
export const json = <T>(): Column<T> => column('json');
export const bytes = (): Column<Uint8Array> => column('bytes');
/** Text or bytes, as the event codec encoded them. */
export const payload = (): Column<string | Uint8Array> => column('payload');
export const nullable = <T>(base: Column<T>): Column<T | null> => ({ ...base, nullable: true });
/** A column that a migration added to the rows of a projection: null only in rows of an older version. */
export const added = <T>(base: Column<T>): Column<T> => ({ ...base, nullable: true });

type Columns = Record<string, Column>;

export type RowOf<C extends Columns> = { [K in keyof C]: C[K] extends Column<infer T> ? T : never };

/** A declared table: entities, statements, row types and the in-memory store are derived from it. */
export interface Table<Row = object> {
  readonly name: string;
  readonly columns: Readonly<Record<string, Column>>;
  /** The columns of the key, in order; `userId` comes first in tables that a user's requests read. */
  readonly key: readonly string[];
  readonly indexes: readonly Index[];
  readonly fullText?: FullText;
  /** Commands read these rows often, so the writer may cache them. */
  readonly hot?: boolean;
  /**
   * Rows never change, and a row whose key exists is left out: a batch reads it before. In SQLite the table
   * has a rowid as its primary key and no unique index over its declared key, which random keys would spread
   * over many pages.
   */
  readonly insertOnly?: boolean;
  /**
   * No row of another table follows from its rows: folds read them, if at all, to change this table. A state of
   * the past has it only if somebody asked for it. Asked for later, it is folded from the start, so a request asks
   * for it along with its first rows.
   */
  readonly standsAlone?: boolean;
  /** For the compiler only: the type of the rows. */
  readonly row?: Row;
}

/** An index beside the key. */
export interface Index<Name extends string = string> {
  readonly name: string;
  readonly columns: readonly Name[];
  readonly unique?: boolean;
}

/** A full-text index over the words of `columns`; `id` is an integer column that is unique in the table. */
export interface FullText<Name extends string = string> {
  readonly id: Name;
  readonly columns: readonly Name[];
  /** The column with the language of the texts, a tag of BCP 47; null is English. */
  readonly language?: Name;
  /** Further terms of a row. They follow from the columns, and begin with an underscore, as no word does. */
  readonly further?: (row: object) => readonly string[];
}

export type RowIn<T> = T extends Table<infer Row> ? Row : never;

export function defineTable<C extends Columns>(
  name: string,
  columns: C,
  rest: {
    key: (keyof C & string)[];
    indexes?: Index<keyof C & string>[];
    fullText?: FullText<keyof C & string>;
    hot?: boolean;
    insertOnly?: boolean;
    standsAlone?: boolean;
  },
): Table<RowOf<C>> {
  return { name, columns, indexes: [], ...rest };
}

/** The same table without its full-text index. */
export function withoutFullText({ fullText: _index, ...table }: Table): Table {
  return table;
}

/** Properties are those of declared tables, so there are few. */
const columnNames = new Map<string, string>();

/** Returns the name of a column in the database: `lastSeenAt` becomes `last_seen_at`. */
export function columnName(property: string): string {
  let name = columnNames.get(property);
  if (name === undefined) {
    name = property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    columnNames.set(property, name);
  }
  return name;
}

/** Returns the key of a row as text that is unique in its table. */
export function keyText(key: readonly Key[]): string {
  // Spelled out because join() is slow and this runs for every row of every command.
  if (key.length === 1) return String(key[0]);
  let id = `${key[0]}\u0000${key[1]}`;
  for (let i = 2; i < key.length; i++) id += `\u0000${key[i]}`;
  return id;
}

export function keyOf(table: Table, row: object): Key[] {
  return table.key.map((name) => (row as Record<string, Key>)[name] as Key);
}

/** Compares keys in the order that both databases use: text by its UTF-8 bytes, numbers by value. */
export function compareKeys(a: readonly Key[], b: readonly Key[]): number {
  for (const [i, part] of a.entries()) {
    const order = compareKeyParts(part, b[i] as Key);
    if (order !== 0) return order;
  }
  return 0;
}

/** Compares one part of two keys, as `compareKeys` does. */
export function compareKeyParts(a: Key, b: Key): number {
  if (a === b) return 0;
  return typeof a === 'string' ? compareTexts(a, String(b)) : a - Number(b);
}

/** Compares by UTF-8 bytes, which is by code point; JavaScript itself compares UTF-16 code units. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left !== right) return bytePlace(left) - bytePlace(right);
  }
  return a.length - b.length;
}

/** Ranks a UTF-16 code unit: surrogates come last, since they encode the highest code points. */
function bytePlace(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
