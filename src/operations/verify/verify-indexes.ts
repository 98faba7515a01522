import { idIn, indexedTerms } from '../../database/full-text.js';
import type { FullText, Table } from '../../database/table.js';
import type { FoldedUsers } from '../../projections/folding/fold-store.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { Projection } from '../../projections/projection.js';
import type { Finding } from './verify-log.js';

/** Findings that are reported; the rest are dropped. */
const MAX_LISTED_FINDINGS = 20;

/** Checks that each full-text index holds exactly the words of its table's rows. */
export class VerifyIndexes {
  private readonly tables: (Table & { fullText: FullText })[];
  private readonly findings: Finding[] = [];

  constructor(
    private readonly reader: StoreReader,
    projections: readonly Projection[],
  ) {
    this.tables = projections
      .flatMap(({ tables }) => tables)
      .filter((table) => table.fullText !== undefined) as (Table & {
      fullText: FullText;
    })[];
  }

  /** Checks the index entries of some users, within the snapshot of their rows. */
  async take({ rows }: FoldedUsers): Promise<void> {
    for (const table of this.tables) {
      const rowsByUser = Map.groupBy(rows.rowsOf(table), (row) => (row as { userId: string }).userId);
      for (const [userId, userRows] of rowsByUser) await this.checkUser(table, userId, userRows);
    }
  }

  /** Also compares the row counts, which reveals index entries of users who have no rows in the table. */
  async result(): Promise<Finding[]> {
    for (const table of this.tables) {
      const [rows, indexed] = await this.reader.snapshot(async () => [
        await this.reader.count(table),
        await this.reader.indexedRows(table),
      ]);
      if (rows !== indexed)
        this.addFinding(`${table.name}: ${rows} rows, but ${indexed} entries in the full-text index`);
    }
    return this.findings;
  }

  private async checkUser(
    table: Table & { fullText: FullText },
    userId: string,
    rows: readonly object[],
  ): Promise<void> {
    const indexed = await this.reader.indexedTerms(table, userId);
    for (const row of rows) {
      const id = idIn(row, table.fullText.id);
      const terms = indexed.get(id) ?? [];
      indexed.delete(id);
      if (!sameTerms(terms, indexedTerms(table.fullText, row)))
        this.addFinding(`${table.name}: the index does not contain the words of row ${id} of ${userId}`);
    }
    for (const id of indexed.keys())
      this.addFinding(`${table.name}: the index contains row ${id} of ${userId}, which does not exist`);
  }

  private addFinding(what: string): void {
    if (this.findings.length < MAX_LISTED_FINDINGS) this.findings.push({ check: 'index', what });
  }
}

/** Whether both hold the same terms, in any order; neither holds one twice. */
function sameTerms(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && new Set([...a, ...b]).size === a.length;
}
