import { stringify, type Options } from 'csv-stringify/sync';
import { chunkedText } from './chunked-text.js';
import type { Column } from './column.js';
import type { Row, RowSource } from './row.js';
import { isoTime } from './timestamps.js';

/**
 * Writes RFC 4180 with one header line. Null is an empty field, an empty text `""`. A text that a spreadsheet
 * would run as a formula gets an apostrophe in front (OWASP, CSV injection); numbers keep their sign.
 */
export function csvBytes(columns: readonly Column[], rows: RowSource): AsyncGenerator<Uint8Array, void> {
  return chunkedText(csvHeader(columns), rows, (row) => csvLine(columns, row));
}

const OPTIONS: Options = {
  record_delimiter: '\r\n',
  quote_record_delimiter: true,
  escape_formulas: true,
  // The empty text; a null would be quoted by `quoted_empty` too.
  quoted_match: [/^$/],
  cast: { boolean: String },
};

/** The header line. */
export function csvHeader(columns: readonly Column[]): string {
  return stringify([columns.map(({ name }) => name)], OPTIONS);
}

/** The line of one row. */
export function csvLine(columns: readonly Column[], row: Row): string {
  return stringify([columns.map(({ name, type }) => field(type, row[name] ?? null))], OPTIONS);
}

function field(type: Column['type'], value: unknown): unknown {
  if (value === null) return null;
  if (type === 'timestamp') return isoTime(value);
  // A number in JSON stays a number, which is never a formula.
  return type === 'json' && typeof value !== 'number' ? JSON.stringify(value) : value;
}
