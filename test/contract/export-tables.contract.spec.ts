import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { EVENT_FIELDS } from '../../src/events/event-fields.js';
import { EventDecoder } from '../../src/events/log/event-decoder.js';
import { checkpointsTable } from '../../src/events/log/log-tables.js';
import type { Column } from '../../src/formats/column.js';
import {
  exportTables,
  TABLE_NAMES,
  type TableSelection,
} from '../../src/operations/transfer/export-tables.js';
import { columnsOf } from '../../src/operations/transfer/table-columns.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { allEvents, refusal } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { duckDb } from '../support/duckdb.js';
import { brittleFolds } from '../support/folds.js';
import { bursts, minuteClock, sendAll } from '../support/random-commands.js';
import { scratchFolder } from '../support/scratch.js';
import type { TestDatabase } from '../support/test-database.js';

const TABLES = PROJECTIONS.flatMap(({ tables }) => tables);

/** A row as its columns are compared: times in ms, JSON as text, numbers of 64 bits as text. */
type Compared = Record<string, Json>;

function expectedRow(columns: readonly Column[], row: object): Compared {
  const values = columns.map(({ name, type }) => {
    const value = (row as Record<string, string | number | null>)[name] ?? null;
    if (value === null || type === 'boolean' || type === 'real') return [name, value];
    return [name, type === 'json' ? JSON.stringify(value) : String(value)];
  });
  return Object.fromEntries(values) as Compared;
}

/** The row with its columns only, times as ISO 8601. */
function isoRow(columns: readonly Column[], row: object): object {
  const values = columns.map(({ name, type }) => {
    const value = (row as Record<string, unknown>)[name] ?? null;
    return [name, type === 'timestamp' && value !== null ? new Date(value as number).toISOString() : value];
  });
  return Object.fromEntries(values) as object;
}

/** What DuckDB reads from a file, column by column as `expectedRow` has it. */
function readRows(file: string, columns: readonly Column[], from: string): Promise<Compared[]> {
  const selected = columns.map(({ name, type }) => {
    if (type === 'timestamp') return `epoch_ms("${name}")::varchar as "${name}"`;
    return type === 'integer' ? `"${name}"::varchar as "${name}"` : `"${name}"`;
  });
  return duckDb(`select ${selected.join(', ')} from ${from}('${file}')`);
}

const countsOf = (from: string) =>
  duckDb(`select count(*)::int as n, count(distinct userId)::int as users from ${from}`);

describe.each(DATABASES)('tables of a store on $name', (database) => {
  let db: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    db = await database.open();
    const commands = fc.sample(bursts, { seed: 7, numRuns: 30 }).flat();
    // The random ones may all be forgotten in the end.
    const memory = { type: 'fact', content: 'Kept.' };
    const kept = [
      { memoryId: 'expiring', expiresAt: '2990-01-01T00:00:00Z' },
      { memoryId: 'embedded', embedding: [1, 0, 0, 0, 0, 0, 0, 0], embeddingModel: 'model' },
    ].map((own) => ({
      name: 'FormMemory',
      userId: 'bob',
      input: { ...memory, ...own },
      expected: undefined,
    }));
    await sendAll(db.writer(brittleFolds(), { clock: minuteClock() }), [...commands, kept]);
  });

  beforeEach(async () => {
    folder = await scratchFolder();
  });

  afterEach(() => rm(folder, { recursive: true }));
  afterAll(() => db.close());

  const exported = (selection: TableSelection, signal?: AbortSignal) =>
    readStore(db.address, (reader) => exportTables(reader, { folder, ...selection }, { signal }));

  const events = async () => {
    const decoder = new EventDecoder();
    return (await allEvents(db.log)).map((event) => decoder.decode(event));
  };

  it('are read back from Parquet by DuckDB, row by row and with their types', async () => {
    const report = await exported({ format: 'parquet' });
    const { position } = await db.log.head();
    expect(report).toMatchObject({ position, tables: TABLE_NAMES.map((table) => ({ table })) });
    expect((await readdir(folder)).toSorted()).toEqual(
      TABLE_NAMES.map((name) => `${name}.parquet`).toSorted(),
    );
    for (const table of TABLES) {
      const columns = columnsOf(table);
      const file = join(folder, `${table.name}.parquet`);
      const rows = (await db.rows(table)).map((row) => expectedRow(columns, row));
      expect(rows.length).toBeGreaterThan(0);
      expect(await readRows(file, columns, 'read_parquet')).toEqual(rows);
      expect(report.tables.find((each) => each.table === table.name)?.rows).toBe(rows.length);
      const types = await duckDb(`describe select * from read_parquet('${file}')`);
      expect(types.map(({ column_type: type }) => type)).toEqual(
        columns.map(({ type }) => {
          if (type === 'timestamp') return 'TIMESTAMP WITH TIME ZONE';
          return { integer: 'BIGINT', real: 'DOUBLE', boolean: 'BOOLEAN', text: 'VARCHAR', json: 'VARCHAR' }[
            type
          ];
        }),
      );
    }
    const log = join(folder, 'events.parquet');
    expect(await readRows(log, EVENT_FIELDS, 'read_parquet')).toEqual(
      (await events()).map((event) => expectedRow(EVENT_FIELDS, event)),
    );
    const facts = await duckDb(
      `select decode(key) as k, decode(value) as v from parquet_kv_metadata('${log}') where decode(key) = 'position'`,
    );
    expect(facts).toEqual([{ k: 'position', v: String(position) }]);
  });

  it('of one user have the rows of that user only', async () => {
    await exported({ format: 'ndjson', userId: 'bob' });
    for (const name of TABLE_NAMES) {
      const text = await readFile(join(folder, `${name}.ndjson`), 'utf8');
      const rows = text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as { userId: string });
      const table = TABLES.find((each) => each.name === name);
      const stored = table ? await db.rows<{ userId: string }>(table as never) : await events();
      const ofBob = stored.filter(({ userId }) => userId === 'bob');
      expect(rows).toEqual(ofBob.map((row) => isoRow(table ? columnsOf(table) : EVENT_FIELDS, row)));
    }
  });

  it('as CSV and as Parquet have the same rows', async () => {
    await exported({ format: 'csv', tables: ['memories', 'emotion_patterns'] });
    await exported({ format: 'parquet', tables: ['memories', 'emotion_patterns'] });
    expect((await readdir(folder)).length).toBe(4);
    for (const name of ['memories', 'emotion_patterns']) {
      const csv = await countsOf(
        `read_csv('${join(folder, name)}.csv', header = true, delim = ',', quote = '"', all_varchar = true)`,
      );
      expect(csv).toEqual(await countsOf(`read_parquet('${join(folder, name)}.parquet')`));
    }
  });

  it('leave nothing behind when the export is interrupted', async () => {
    const abort = new AbortController();
    const running = readStore(db.address, (reader) =>
      exportTables(
        reader,
        { folder, format: 'csv' },
        { signal: abort.signal, progress: () => abort.abort() },
      ),
    );
    await expect(running).rejects.toThrow(/abort/i);
    expect(await readdir(folder)).toEqual([]);
  });

  it('are refused while their projection lacks events, and the others are not', async () => {
    const checkpoints = await db.rows(checkpointsTable);
    const row = checkpoints.find(({ projection }) => projection === 'memory-index');
    await db.execute(`update checkpoints set position = position - 1 where projection = 'memory-index'`);
    expect(await refusal(exported({ format: 'csv' }))).toMatchObject({ code: 'projection.unavailable' });
    expect(await readdir(folder)).toEqual([]);
    await exported({ format: 'csv', tables: ['events', 'profiles'] });
    expect((await readdir(folder)).toSorted()).toEqual(['events.csv', 'profiles.csv']);
    await db.execute(`update checkpoints set position = ${row?.position} where projection = 'memory-index'`);
  });
});
