import type { Filter } from '../../database/row-store.js';
import { parsedRow, storedTable } from '../../database/stored-table.js';
import { keyOf, type Key, type Table } from '../../database/table.js';
import type { RefoldedRow } from '../../projections/folding/refolded-rows.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { Projection } from '../../projections/projection.js';
import { RowComparison } from '../verify/compare-rows.js';
import type { ChangedRow } from './planned-retraction.js';

const ROWS_PER_PAGE = 2_000;

/** Keeps every difference, in the form that folds use. */
export class Differences extends RowComparison {
  constructor(
    projection: Projection,
    private readonly changes: ChangedRow[],
  ) {
    super(projection.name, projection.tables);
  }

  protected override onDifference(table: Table, live: object | undefined, folded: object | undefined): void {
    this.changes.push({
      table: table.name,
      key: keyOf(table, live ?? folded ?? {}),
      before: live ? parsedRow(table, live) : null,
      after: folded ? parsedRow(table, folded) : null,
    });
  }
}

/** Returns the row as the writer gets it. */
export function refoldedRow({ table, key, after: row }: ChangedRow): RefoldedRow {
  return { table, key, row };
}

/** Counts the changed rows of each table. */
export function countByTable(changes: readonly ChangedRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { table } of changes) counts[table] = (counts[table] ?? 0) + 1;
  return counts;
}

/** Reads all rows of one user in a table, in the order of the key. */
export async function* pagesOfUser(
  reader: StoreReader,
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
