import type { RowDifference } from '../projections/folding/compare-rows.js';

/** A row that differs from what the log folds to. */
export class RowDifferenceAnswer {
  table: string;
  key: (string | number)[];
  /** The row in the live table; null when it is missing there. */
  live: Record<string, unknown> | null;
  /** The row folded from the log; null when the log yields no such row. */
  folded: Record<string, unknown> | null;
}

/** Returns a difference as HTTP answers it: a missing row is null. */
export function differenceAnswer({ table, key, live, folded }: RowDifference): RowDifferenceAnswer {
  return { table, key: [...key], live: rowAnswer(live), folded: rowAnswer(folded) };
}

function rowAnswer(row: object | undefined): Record<string, unknown> | null {
  return row ? { ...row } : null;
}
