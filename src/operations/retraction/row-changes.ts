import { parsedRow } from '../../database/stored-table.js';
import { keyOf, type Table } from '../../database/table.js';
import { RowComparison } from '../../projections/folding/compare-rows.js';
import type { RefoldedRow } from '../../projections/folding/refolded-rows.js';
import type { Projection } from '../../projections/projection.js';
import type { ChangedRow } from './planned-retraction.js';

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
