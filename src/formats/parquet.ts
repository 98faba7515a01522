// A default import: on an older Node.js a missing named export would fail before the check of its version.
import zlib from 'node:zlib';
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { VERSION } from '../version.js';
import type { Column } from './column.js';
import type { Row, RowSource } from './row.js';
import { msTime } from './timestamps.js';

/** Most rows of a row group, which is held in memory until it is written. */
const ROWS_PER_GROUP = 5_000;
/** Size of a row group's texts at which it ends earlier, in characters. */
const CHARACTERS_PER_GROUP = 4 * 1024 * 1024;

/**
 * Writes a Parquet file, compressed with zstd: one row group at a time, each encoded at once, which takes
 * some tens of milliseconds. Equal rows give equal bytes. The footer comes last, so that a part of a file
 * cannot be read.
 */
export async function* parquetBytes(
  columns: readonly Column[],
  rows: RowSource,
  about: Readonly<Record<string, string>>,
): AsyncGenerator<Uint8Array, void> {
  const bytes = new DrainedWriter();
  const file = newFile(bytes, columns, about);
  let group = new RowGroup(columns);
  for await (const row of rows) {
    group.add(row as Row);
    if (!group.isFull) continue;
    void file.write({ columnData: group.columnData, rowGroupSize: group.rows });
    group = new RowGroup(columns);
    yield bytes.drain();
  }
  if (group.rows > 0) void file.write({ columnData: group.columnData, rowGroupSize: group.rows });
  void file.finish();
  yield bytes.drain();
}

function newFile(
  writer: DrainedWriter,
  columns: readonly Column[],
  about: Readonly<Record<string, string>>,
): ParquetWriter {
  return new ParquetWriter({
    writer,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaElement)],
    codec: 'ZSTD',
    compressors: { ZSTD: (page) => zlib.zstdCompressSync(page) },
    createdBy: `edgesoul-store ${VERSION}`,
    kvMetadata: Object.entries(about).map(([key, value]) => ({ key, value })),
  });
}

/** A buffer that is taken away part by part, while the offsets in the file go on. */
class DrainedWriter extends ByteWriter {
  drain(): Uint8Array {
    const bytes = this.getBytes().slice();
    this.index = 0;
    return bytes;
  }
}

/** The rows of a row group, by column. */
class RowGroup {
  rows = 0;
  readonly columnData: { name: string; data: unknown[] }[];
  private characters = 0;

  constructor(private readonly columns: readonly Column[]) {
    this.columnData = columns.map(({ name }) => ({ name, data: [] }));
  }

  get isFull(): boolean {
    return this.rows >= ROWS_PER_GROUP || this.characters >= CHARACTERS_PER_GROUP;
  }

  add(row: Row): void {
    for (const [index, column] of this.columns.entries()) {
      const value = parquetValue(column, row[column.name]);
      if (typeof value === 'string') this.characters += value.length;
      this.columnData[index]?.data.push(value);
    }
    this.rows++;
  }
}

/**
 * JSON is written as text: the library would serialise it again. An instant says that it is UTC, so that
 * readers do not take it for local time.
 */
const SCHEMAS: Record<Column['type'], Omit<SchemaElement, 'name' | 'repetition_type'>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  real: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  timestamp: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
};

function schemaElement({ name, type, nullable }: Column): SchemaElement {
  return { name, ...SCHEMAS[type], repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED' };
}

function parquetValue({ name, type, nullable }: Column, value: unknown): unknown {
  if (value === null || value === undefined) {
    if (!nullable) throw new TypeError(`Column ${name} is declared without nulls, but a row has one.`);
    return null;
  }
  if (type === 'integer') return BigInt(value as number | bigint);
  if (type === 'timestamp') return msTime(value);
  return type === 'json' ? JSON.stringify(value) : value;
}
