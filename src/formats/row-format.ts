import type { Column } from './column.js';
import { csvBytes } from './csv.js';
import { ndjsonBytes } from './ndjson.js';
import type { parquetBytes } from './parquet.js';
import type { RowSource } from './row.js';

/** The formats of files and streams of rows. */
export const ROW_FORMATS = ['ndjson', 'csv', 'parquet'] as const;
export type RowFormat = (typeof ROW_FORMATS)[number];

/** The media type of each format, and that of a JSON document. */
export const MEDIA_TYPES = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
} as const satisfies Record<RowFormat | 'json', string>;

/**
 * Returns the rows in the format, as chunks of bytes that are made as they are taken. They are complete only
 * at the end of the generator; it throws what the source throws, and then the file must not get its name and
 * the connection must be cut. `about` says what the rows are, such as the position of the log; only Parquet
 * has a place for it.
 */
export function rowBytes(
  format: RowFormat,
  columns: readonly Column[],
  rows: RowSource,
  about: Readonly<Record<string, string>> = {},
): AsyncGenerator<Uint8Array, void> {
  if (format === 'parquet') return loadedParquetBytes(columns, rows, about);
  return format === 'csv' ? csvBytes(columns, rows) : ndjsonBytes(columns, rows);
}

/** Its library has fifty files, which a process that writes no Parquet need not load. */
async function* loadedParquetBytes(
  ...file: Parameters<typeof parquetBytes>
): AsyncGenerator<Uint8Array, void> {
  const parquet = await import('./parquet.js');
  yield* parquet.parquetBytes(...file);
}
