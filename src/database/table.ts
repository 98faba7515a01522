/** One part of a key. */
export type Key = string | number;

type Kind = 'text' | 'integer' | 'real' | 'boolean' | 'json' | 'bytes' | 'payload';

/** One column: what kind of value it holds and whether it may be null. Instants are integers, in ms since 1970 UTC. */
export interface Column<T = unknown> {
  readonly kind: Kind;
  readonly nullable: boolean;
  /** Only for the compiler: the type of the value in a row. */
  readonly type?: T;
}

const column = <T>(kind: Kind): Column<T> => ({ kind, nullable: false });

export const text = (): Column<string> => column('text');
export const integer = (): Column<number> => column('integer');
export const real = (): Column<number> => column('real');
export const boolean = (): Column<boolean> => column('boolean');
export const json = <T>(): Column<T> => column('json');
export const bytes = (): Column<Uint8Array> => column('bytes');
/** Text or bytes, as the event codec made them. */
export const payload = (): Column<string | Uint8Array> => column('payload');
export const nullable = <T>(of: Column<T>): Column<T | null> => ({ ...of, nullable: true });

type Columns = Record<string, Column>;

/** The row that a set of columns makes. */
export type RowOf<C extends Columns> = { [K in keyof C]: C[K] extends Column<infer T> ? T : never };

/** A table, described once: entities, statements, row types and the in-memory store are all derived from it. */
export interface Table<Row = object> {
  readonly name: string;
  readonly columns: Readonly<Record<string, Column>>;
  /** The key's columns, in order; `userId` first wherever a user's request reads. */
  readonly key: readonly string[];
  readonly indexes: readonly Index[];
  readonly fullText?: FullText;
  /** Commands read these rows again and again, so the writer may keep them in memory. */
  readonly hot?: boolean;
  /** Only for the compiler: the type of the rows. */
  readonly row?: Row;
}

/** An index beside the key. */
export interface Index<Name extends string = string> {
  readonly name: string;
  readonly columns: readonly Name[];
  readonly unique?: boolean;
}

/** The rows are found by the words of these columns; `id` is a whole number that is unique in the table. */
export interface FullText<Name extends string = string> {
  readonly id: Name;
  readonly columns: readonly Name[];
}

/** The row type of a table. */
export type RowIn<T> = T extends Table<infer Row> ? Row : never;

/** Declares a table. */
export function defineTable<C extends Columns>(
  name: string,
  columns: C,
  rest: {
    key: (keyof C & string)[];
    indexes?: Index<keyof C & string>[];
    fullText?: FullText<keyof C & string>;
    hot?: boolean;
  },
): Table<RowOf<C>> {
  return { name, columns, indexes: [], ...rest };
}

/** The column's name in the database: `lastSeenAt` is `last_seen_at`. */
export function columnName(property: string): string {
  return property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The key of a row, as text that no other key of the table shares. */
export function keyText(key: readonly Key[]): string {
  // Spelled out, because join() is slow and every row of every command comes by here.
  if (key.length === 1) return String(key[0]);
  let id = `${key[0]}\u0000${key[1]}`;
  for (let i = 2; i < key.length; i++) id += `\u0000${key[i]}`;
  return id;
}

/** The row's key, part by part. */
export function keyOf(table: Table, row: object): Key[] {
  return table.key.map((name) => (row as Record<string, Key>)[name] as Key);
}

/** As both databases order keys: text by its UTF-8 bytes, numbers by size. */
export function compareKeys(a: readonly Key[], b: readonly Key[]): number {
  for (const [i, part] of a.entries()) {
    const order = compareKeyParts(part, b[i] as Key);
    if (order !== 0) return order;
  }
  return 0;
}

/** The same for one part of a key. */
export function compareKeyParts(a: Key, b: Key): number {
  if (a === b) return 0;
  return typeof a === 'string' ? compareTexts(a, String(b)) : a - Number(b);
}

/** In the order of their UTF-8 bytes, which is that of code points; JavaScript's own is that of UTF-16 code units. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left !== right) return bytePlace(left) - bytePlace(right);
  }
  return a.length - b.length;
}

/** Halves of a pair stand for code points above all others. */
function bytePlace(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
