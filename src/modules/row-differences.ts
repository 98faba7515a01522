import type { RowDifference } from '../operations/verify/compare-rows.js';

/** A row that is not what the log says. */
export class RowDifferenceAnswer {
  table: string;
  key: (string | number)[];
  /** What is there; null where there is no such row. */
  live: Record<string, unknown> | null;
  /** What the log says; null where there must be no such row. */
  folded: Record<string, unknown> | null;
}

/** As JSON says it. */
export function differenceAnswer({ table, key, live, folded }: RowDifference): RowDifferenceAnswer {
  return { table, key: [...key], live: rowAnswer(live), folded: rowAnswer(folded) };
}

function rowAnswer(row: object | undefined): Record<string, unknown> | null {
  return row ? { ...row } : null;
}
