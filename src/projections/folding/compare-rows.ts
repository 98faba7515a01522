import { createHash, type Hash } from 'node:crypto';
import { NOT_BEING_ERASED, type Filter } from '../../database/row-store.js';
import { parsedRow, storedTable } from '../../database/stored-table.js';
import { compareKeys, keyOf, type Key, type Table } from '../../database/table.js';
import type { FoldedUsers } from './fold-store.js';
import type { SortedRows } from './folded-rows.js';
import type { StoreReader } from './store-reader.js';

const ROWS_PER_PAGE = 2_000;
/** Differences that are listed by default; the rest are only counted. */
const MAX_LISTED_DIFFERENCES = 10;

/** A row that differs from what the log yields; `live` or `folded` is undefined if that side lacks it. */
export interface RowDifference {
  table: string;
  key: readonly Key[];
  live: object | undefined;
  folded: object | undefined;
}

/** How the live rows of one projection differ from the folded ones. */
export interface ProjectionDifferences {
  name: string;
  /** Number of live rows. */
  rows: number;
  differences: number;
  firstDifferences: RowDifference[];
}

/** The differences, and a digest of each side. */
export interface ProjectionComparison extends ProjectionDifferences {
  /** SHA-256 over the live rows by table and key, 64 hex digits. */
  digestLive: string;
  /** The same over the folded rows. The digests are equal exactly when the rows are. */
  digestFolded: string;
}

/** Compares one projection's live rows with folded ones, a range of users at a time, in user-id order. */
export class RowComparison {
  private readonly listed: RowDifference[] = [];
  private rows = 0;
  private differences = 0;

  constructor(
    private readonly name: string,
    private readonly tables: readonly Table[],
    private readonly maxListed = MAX_LISTED_DIFFERENCES,
  ) {}

  /** Compares folded rows with the same users' live rows, which the reader reads in the same snapshot. */
  take(reader: Pick<StoreReader, 'rows'>, folded: FoldedUsers): Promise<void> {
    return this.takeRows((table) => livePages(reader, table, folded), folded.rows);
  }

  /**
   * Compares folded rows with others of the same users, which come in pages and in the order of their keys.
   */
  async takeRows(
    live: (table: Table) => AsyncIterable<readonly object[]> | Iterable<readonly object[]>,
    folded: SortedRows,
  ): Promise<void> {
    for (const table of this.tables) await this.compare(table, live(table), folded.rowsOf(table));
  }

  result(): ProjectionDifferences {
    const { name, rows, differences, listed } = this;
    return { name, rows, differences, firstDifferences: listed };
  }

  /** Called with each live row and each folded row. */
  protected onRow(_side: Side, _table: Table, _row: object): void {
    // A plain comparison computes no digests.
  }

  /** Called with each pair of rows that differ, as they are stored. */
  protected onDifference(_table: Table, _live: object | undefined, _folded: object | undefined): void {
    // A plain comparison only counts them.
  }

  private async compare(
    table: Table,
    pages: AsyncIterable<readonly object[]> | Iterable<readonly object[]>,
    expected: readonly object[],
  ): Promise<void> {
    const same = comparer(table);
    let next = 0;
    const addMissingBefore = (key: readonly Key[] | undefined) => {
      for (; next < expected.length; next++) {
        const row = expected[next] as object;
        if (key && compareKeys(keyOf(table, row), key) >= 0) return;
        this.onRow('folded', table, row);
        this.addDifference(table, undefined, row);
      }
    };
    for await (const page of pages) {
      for (const live of page) {
        this.onRow('live', table, live);
        if (!same(live, expected[next])) {
          const key = keyOf(table, live);
          addMissingBefore(key);
          const folded = expected[next];
          if (folded === undefined || compareKeys(keyOf(table, folded), key) > 0) {
            this.addDifference(table, live, undefined);
            continue;
          }
          if (!same(live, folded)) this.addDifference(table, live, folded);
        }
        this.onRow('folded', table, expected[next++] as object);
      }
      this.rows += page.length;
    }
    addMissingBefore(undefined);
  }

  private addDifference(table: Table, live: object | undefined, folded: object | undefined): void {
    this.differences++;
    this.onDifference(table, live, folded);
    if (this.listed.length >= this.maxListed) return;
    this.listed.push({
      table: table.name,
      key: keyOf(table, live ?? folded ?? {}),
      live: live && parsedRow(table, live),
      folded: folded && parsedRow(table, folded),
    });
  }
}

/** A comparison that also computes a digest of each side. */
export class DigestedComparison extends RowComparison {
  private readonly tableHashes: Record<Side, Map<Table, Hash>>;
  private readonly texts: Map<Table, (row: object) => string>;

  constructor(name: string, tables: readonly Table[]) {
    super(name, tables);
    this.tableHashes = { live: newHashes(tables), folded: newHashes(tables) };
    this.texts = new Map(tables.map((table) => [table, rowTexts(table)]));
  }

  override result(): ProjectionComparison {
    const { live, folded } = this.tableHashes;
    return {
      ...super.result(),
      digestLive: digestOf(live.values()),
      digestFolded: digestOf(folded.values()),
    };
  }

  protected override onRow(side: Side, table: Table, row: object): void {
    this.tableHashes[side].get(table)?.update(this.texts.get(table)?.(row) ?? '');
  }
}

type Side = 'live' | 'folded';
type Values = Record<string, unknown>;

/** Returns a function that reports whether two rows of the stored table are equal. */
function comparer(table: Table): (a: object, b: object | undefined) => boolean {
  const columns = Object.keys(table.columns);
  return (a, b) => {
    if (!b) return false;
    for (const column of columns) {
      if (((a as Values)[column] ?? null) !== ((b as Values)[column] ?? null)) return false;
    }
    return true;
  };
}

/**
 * Yields pages of stored rows, by key, for users after `after` and up to `upTo` (undefined: to the end). Rows
 * that are left of an erased user are no rows any more.
 */
export async function* livePages(
  reader: Pick<StoreReader, 'rows'>,
  table: Table,
  { after, upTo }: { after: string; upTo: string | undefined },
  also: readonly Filter[] = [NOT_BEING_ERASED],
): AsyncGenerator<readonly object[]> {
  const filters: Filter[] = [['userId', '>', after], ...also];
  if (upTo !== undefined) filters.push(['userId', '<=', upTo]);
  let lastKey: Key[] | undefined;
  for (;;) {
    const page = await reader.rows(storedTable(table), {
      filters,
      order: table.key,
      limit: ROWS_PER_PAGE,
      ...(lastKey && { after: lastKey }),
    });
    yield page;
    if (page.length < ROWS_PER_PAGE) return;
    lastKey = keyOf(table, page.at(-1) as object);
  }
}

/** Reads all rows of one user in a table, in the order of the key. */
export async function* pagesOfUser(
  reader: Pick<StoreReader, 'rows'>,
  table: Table,
  userId: string,
): AsyncGenerator<readonly object[]> {
  const filters: Filter[] = [['userId', '=', userId]];
  let after: Key[] | undefined;
  for (;;) {
    const page = await reader.rows(storedTable(table), {
      filters,
      order: table.key,
      limit: ROWS_PER_PAGE,
      ...(after && { after }),
    });
    yield page;
    if (page.length < ROWS_PER_PAGE) return;
    after = keyOf(table, page.at(-1) as object);
  }
}

/** Returns a function that turns a stored row into text; two rows are equal exactly when their texts are. */
export function rowTexts(table: Table): (row: object) => string {
  const columns = Object.entries(table.columns).map(([name, { kind }]) => [name, kind === 'json'] as const);
  return (row) => {
    let text = '[';
    for (const [name, isJson] of columns) {
      if (text.length > 1) text += ',';
      const value = (row as Values)[name] ?? null;
      text += isJson && typeof value === 'string' ? value : JSON.stringify(value);
    }
    return `${text}]\n`;
  };
}

function newHashes(tables: readonly Table[]): Map<Table, Hash> {
  return new Map(tables.map((table) => [table, createHash('sha256').update(`${table.name}\n`)]));
}

/** SHA-256 over the digests of the tables, in the order in which the projection declares them. */
export function digestOf(tables: Iterable<Hash>): string {
  const combined = createHash('sha256');
  for (const hash of tables) combined.update(hash.copy().digest());
  return combined.digest('hex');
}
