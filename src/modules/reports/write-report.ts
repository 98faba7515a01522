import type { Column } from '../../formats/column.js';
import { jsonRow } from '../../formats/ndjson.js';
import { rowBytes, type RowFormat } from '../../formats/row-format.js';
import type { ComputedReport } from './compute-report.js';
import type { ResolvedQuery } from './query/report-query.js';
import { shownQuery } from './query/resolve-query.js';
import type { Item, ReportDefinition } from './report.js';

/** The formats of a report. */
export type ReportFormat = RowFormat | 'json';

/**
 * What the answer says about a report beside its items; all of it follows from the query and the position.
 */
export interface ReportHead {
  report: string;
  query: Readonly<Record<string, unknown>>;
  asOf: { position: number; recordedAt: string | null };
  head: number;
  definitions: {
    version: number;
    mapping?: string;
    tzdata: string;
    erasureEpoch: number;
  };
}

/** Column that says which range a row is of, in formats that have rows only. */
const PERIOD: Column = { name: 'period', type: 'text', nullable: false };

/** Writes a computed report in a format, as parts of its bytes. */
export async function writeReport(
  definition: ReportDefinition,
  query: ResolvedQuery,
  { computed, head, format }: { computed: ComputedReport; head: ReportHead; format: ReportFormat },
): Promise<Uint8Array[]> {
  const columns = definition.columns(query);
  if (format === 'json') return [jsonDocument(definition, columns, { computed, head })];
  const rows = computed.comparison
    ? [
        ...ofPeriod('current', computed.items),
        ...ofPeriod(query.compare as string, computed.comparison.items),
      ]
    : computed.items;
  const { report, asOf, definitions } = head;
  const about = {
    report,
    version: String(definitions.version),
    position: String(asOf.position),
    query: JSON.stringify(head.query),
  };
  const parts: Uint8Array[] = [];
  const written = rowBytes(format, computed.comparison ? [PERIOD, ...columns] : columns, rows, about);
  for await (const part of written) parts.push(part);
  return parts;
}

function ofPeriod(period: string, items: readonly Item[]): Item[] {
  return items.map((item) => ({ period, ...item }));
}

function jsonDocument(
  definition: ReportDefinition,
  columns: readonly Column[],
  { computed, head }: { computed: ComputedReport; head: ReportHead },
): Uint8Array {
  const { items, summary, comparison } = computed;
  const rows = (of: readonly Item[]): object[] => of.map((item) => jsonRow(columns, item));
  const document = {
    ...head,
    items: rows(items),
    ...(summary && { summary }),
    ...(comparison && {
      comparison: {
        query: shownQuery(definition, comparison.query),
        items: rows(comparison.items),
        ...(comparison.summary && { summary: comparison.summary }),
      },
    }),
  };
  return Buffer.from(JSON.stringify(document));
}
