import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Column } from '../../src/formats/column.js';
import { rowBytes, type RowFormat } from '../../src/formats/row-format.js';
import type { Row, RowSource } from '../../src/formats/row.js';
import { duckDb } from '../support/duckdb.js';

const COLUMNS: Column[] = [
  { name: 'id', type: 'integer', nullable: false },
  { name: 'text', type: 'text', nullable: true },
  { name: 'real', type: 'real', nullable: true },
  { name: 'flag', type: 'boolean', nullable: true },
  { name: 'at', type: 'timestamp', nullable: true },
  { name: 'data', type: 'json', nullable: true },
];
const ROWS: Row[] = [
  { id: 1, text: 'plain', real: 0.1, flag: true, at: 0, data: { a: [1, 'é', null], b: 'x "y"' } },
  { id: -5, text: '', real: -2.5, flag: false, at: -86_400_001, data: [] },
  { id: Number.MAX_SAFE_INTEGER, text: null, real: null, flag: null, at: null, data: null },
  { id: 0, text: '=1+1', real: 1e-300, flag: true, at: '2026-03-29T00:30:00.123Z', data: '-5' },
  { id: 2, text: '-5', real: 5e-324, flag: true, at: 32_503_679_999_999, data: -5 },
  { id: 3, text: 'a "quoted",\r\nlong 😀 line', real: 1.7e308, flag: true, at: 1, data: 'null' },
  { id: 4, text: '\n', real: 0, flag: true, at: 1, data: true },
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesoul-formats-'));
});
afterAll(() => rm(folder, { recursive: true }));

function bytes(format: RowFormat, rows: RowSource, about = {}): Promise<Buffer> {
  return buffer(rowBytes(format, COLUMNS, rows, about));
}

async function written(format: RowFormat, rows: RowSource): Promise<string> {
  const file = join(folder, `rows.${format}`);
  await writeFile(file, await bytes(format, rows));
  return file;
}

async function* numbered(count: number) {
  for (let id = 0; id < count; id++) yield { ...ROWS[id % ROWS.length], id };
}

async function* failing() {
  yield ROWS[0] as Row;
  throw new Error('the source is gone');
}

/** A row as DuckDB prints it: numbers of 64 bits as text, times in UTC. */
const READ = `select id::varchar as id, text, real::varchar as "real", flag, epoch_ms("at")::varchar as ms, data`;
const expected = (row: Row, data: unknown = row.data === null ? null : JSON.stringify(row.data)) => {
  const { id, text, real, flag, at } = row;
  const ms = at === null ? null : String(typeof at === 'number' ? at : Date.parse(at as string));
  return { id: String(id), text, real: real === null ? null : expect.any(String), flag, ms, data };
};

describe('Parquet', () => {
  it('is read back by DuckDB with its types, in UTC', async () => {
    const file = await written('parquet', ROWS);
    expect(await duckDb(`${READ} from read_parquet('${file}')`)).toEqual(ROWS.map((row) => expected(row)));
    const reals = await duckDb(`select "real" from read_parquet('${file}')`);
    expect(reals.map(({ real }) => real)).toEqual(ROWS.map(({ real }) => real));
    const types = await duckDb(`describe select * from read_parquet('${file}')`);
    expect(types.map(({ column_name: name, column_type: type }) => [name, type])).toEqual([
      ['id', 'BIGINT'],
      ['text', 'VARCHAR'],
      ['real', 'DOUBLE'],
      ['flag', 'BOOLEAN'],
      ['at', 'TIMESTAMP WITH TIME ZONE'],
      ['data', 'VARCHAR'],
    ]);
    expect(await duckDb(`select data->>'$.b' as b from read_parquet('${file}') where id = 1`)).toEqual([
      { b: 'x "y"' },
    ]);
  });

  it('has row groups of at most 5,000 rows, whatever the source, and the facts about it', async () => {
    const file = join(folder, 'many.parquet');
    await writeFile(file, await bytes('parquet', numbered(12_001), { position: '17' }));
    const groups = `select distinct row_group_id, row_group_num_rows as n from parquet_metadata('${file}') order by 1`;
    expect((await duckDb(groups)).map(({ n }) => Number(n))).toEqual([5_000, 5_000, 2_001]);
    const [sum] = await duckDb(
      `select sum(id)::varchar as sum, count(*)::int as n from read_parquet('${file}')`,
    );
    expect(sum).toEqual({ sum: String((12_000 * 12_001) / 2), n: 12_001 });
    const facts = `select decode(key) as k, decode(value) as v from parquet_kv_metadata('${file}')`;
    expect(await duckDb(facts)).toEqual([{ k: 'position', v: '17' }]);
    expect(await duckDb(`select created_by as by from parquet_file_metadata('${file}')`)).toEqual([
      { by: expect.stringMatching(/^edgesoul-store \d/) },
    ]);
  });

  it('ends a row group early when its texts are large', async () => {
    const row = { ...ROWS[0], text: 'x'.repeat(1024 * 1024) };
    const file = await written(
      'parquet',
      Array.from({ length: 20 }, () => row),
    );
    const [groups] = await duckDb(
      `select count(distinct row_group_id)::int as n from parquet_metadata('${file}')`,
    );
    expect(groups).toEqual({ n: 5 });
  });

  it('of no rows still has its columns, and equal rows give equal bytes', async () => {
    const file = await written('parquet', []);
    expect(await duckDb(`select * from read_parquet('${file}')`)).toEqual([]);
    expect((await bytes('parquet', ROWS)).equals(await bytes('parquet', ROWS))).toBe(true);
  });

  it('cannot be read when a part of it is missing', async () => {
    const file = await written('parquet', ROWS);
    await writeFile(file, (await readFile(file)).subarray(0, -1));
    await expect(duckDb(`select * from read_parquet('${file}')`)).rejects.toThrow(/parquet/i);
  });

  it('is refused where a column that has no nulls gets one', async () => {
    await expect(bytes('parquet', [{ ...ROWS[0], id: null }])).rejects.toThrow(
      'Column id is declared without nulls',
    );
  });
});

describe('CSV', () => {
  it('is read back by DuckDB, an empty text apart from a null, formulas as text', async () => {
    const file = await written('csv', ROWS);
    const options = `header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', new_line = '\\r\\n', nullstr = '',
      columns = { id: 'BIGINT', text: 'VARCHAR', real: 'DOUBLE', flag: 'BOOLEAN', "at": 'TIMESTAMPTZ', data: 'VARCHAR' }, allow_quoted_nulls = false`;
    const rows = ROWS.map((row) => {
      const text = row.text === '=1+1' || row.text === '-5' ? `'${row.text}` : row.text;
      return expected({ ...row, text });
    });
    expect(await duckDb(`${READ} from read_csv('${file}', ${options})`)).toEqual(rows);
    const reals = await duckDb(`select "real" from read_csv('${file}', ${options})`);
    expect(reals.map(({ real }) => real)).toEqual(ROWS.map(({ real }) => real));
  });

  it('has one header line, line ends of RFC 4180, and times in UTC', async () => {
    expect((await bytes('csv', [ROWS[1] as Row])).toString()).toBe(
      'id,text,real,flag,at,data\r\n-5,"",-2.5,false,1969-12-30T23:59:59.999Z,[]\r\n',
    );
    expect((await bytes('csv', [])).toString()).toBe('id,text,real,flag,at,data\r\n');
  });
});

describe('NDJSON', () => {
  it('has one object a line, with its columns in order', async () => {
    const lines = (await bytes('ndjson', ROWS)).toString().trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed).toEqual(
      ROWS.map((row) => ({ ...row, at: row.at === null ? null : new Date(row.at as number).toISOString() })),
    );
    expect(parsed.map((row) => Object.keys(row))).toEqual(
      ROWS.map(() => ['id', 'text', 'real', 'flag', 'at', 'data']),
    );
  });
});

describe.each(['ndjson', 'csv', 'parquet'] as const)('rows as %s', (format) => {
  it('are read only as fast as the bytes are taken, and not further when nobody takes more', async () => {
    let read = 0;
    let ended = false;
    async function* endless() {
      try {
        for (;;) yield { ...ROWS[0], id: read++, text: 'x'.repeat(1_000) };
      } finally {
        ended = true;
      }
    }
    const chunks = rowBytes(format, COLUMNS, endless());
    await chunks.next();
    await chunks.next();
    expect(read).toBeLessThanOrEqual(10_001);
    await chunks.return();
    expect(ended).toBe(true);
  });

  it('fail where their source fails', async () => {
    await expect(bytes(format, failing())).rejects.toThrow('the source is gone');
  });
});
