/** Most rows that are named with what was wrong. */
const MAX_NAMED = 20;

/** What came of the rows of one table. */
export interface TableReport {
  rows: number;
  /** Rows of which something was written; in a dry run, of which something would be. */
  came: number;
  /** Rows that an earlier run, or the service, had written already. */
  already: number;
  /** How many values were repaired, by kind. */
  repaired: Record<string, number>;
  /** How many rows were refused, by reason. */
  refused: Record<string, number>;
}

/** A row that was refused. */
export interface RefusedRow {
  table: string;
  /** What names it in the source. */
  row: string;
  reason: string;
}

/** What came of an import. */
export class ImportReport {
  readonly tables: Record<string, TableReport> = {};
  /** The first rows that were refused. */
  readonly refused: RefusedRow[] = [];
  /**
   * How many memories were stored at which offset of the server's clock, minutes east of UTC: ids contain the
   * time of forming in UTC, and rows in local time.
   */
  readonly clockOffsets: Record<string, number> = {};

  table(name: string): TableReport {
    return (this.tables[name] ??= { rows: 0, came: 0, already: 0, repaired: {}, refused: {} });
  }

  refuse(table: string, row: string, reason: string): void {
    count(this.table(table).refused, reason);
    if (this.refused.length < MAX_NAMED) this.refused.push({ table, row, reason });
  }

  repaired(table: string, kind: string): void {
    count(this.table(table).repaired, kind);
  }

  sawOffset(minutes: number): void {
    count(this.clockOffsets, String(minutes));
  }
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
