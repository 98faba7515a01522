import { chunkedText } from './chunked-text.js';
import type { Column } from './column.js';
import type { Row, RowSource } from './row.js';
import { isoTime } from './timestamps.js';

/** Writes one line of JSON per row, with its columns in order. */
export function ndjsonBytes(columns: readonly Column[], rows: RowSource): AsyncGenerator<Uint8Array, void> {
  return chunkedText('', rows, (row) => `${JSON.stringify(jsonRow(columns, row))}\n`);
}

/** Returns the row with its columns in order, times as ISO 8601 in UTC. */
export function jsonRow(columns: readonly Column[], row: Row): object {
  const entries = columns.map(({ name, type }) => {
    const value = row[name] ?? null;
    return [name, type === 'timestamp' && value !== null ? isoTime(value) : value] as const;
  });
  return Object.fromEntries(entries);
}
