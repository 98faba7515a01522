import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joyfulTurn, memory } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { duckDb } from '../support/duckdb.js';
import { edgesoul } from '../support/edgesoul.js';
import { Store } from '../support/store.js';

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesoul-tables-'));
  store = await Store.start();
  for (const userId of ['mira', 'noor']) {
    await store.user(userId).post('/turns', joyfulTurn());
    await store.user(userId).post('/memories', memory({ memoryId: 'boat' }));
  }
});

afterAll(async () => {
  await store.remove();
  await rm(folder, { recursive: true });
});

describe('edgesoul export --format', () => {
  it('writes the log and every table beside a running service, which DuckDB joins', async () => {
    const tables = join(folder, 'new', 'tables');
    const { code, stdout, stderr } = await edgesoul(
      ['export', tables, '--format', 'parquet', '--json'],
      store.settings,
    );
    expect([code, stderr]).toEqual([0, '']);
    const log = await readLog(store);
    const report = JSON.parse(stdout) as { position: number; tables: { table: string; file: string }[] };
    expect(report).toMatchObject({ position: log.length, folder: tables, format: 'parquet' });
    expect((await readdir(tables)).toSorted()).toEqual(
      report.tables.map(({ table }) => `${table}.parquet`).toSorted(),
    );
    const joined = await duckDb(`select p.userId, m.content, count(e.position)::int as events
      from '${tables}/profiles.parquet' p join '${tables}/memories.parquet' m using (userId)
      join '${tables}/events.parquet' e using (userId) group by all order by 1`);
    const eventsOf = (userId: string) => log.filter((event) => event.userId === userId).length;
    expect(joined).toEqual(
      ['mira', 'noor'].map((userId) => ({ userId, content: memory().content, events: eventsOf(userId) })),
    );
  });

  it('says in sentences what it wrote, and writes one table to stdout', async () => {
    const some = await edgesoul(
      ['export', folder, '--format', 'csv', '--table', 'profiles', 'events'],
      store.settings,
    );
    expect(some.stdout).toMatch(
      /^Wrote 2 tables, as of position \d+ of the log, to .*\n {2}profiles +2 rows +\d+ bytes\n {2}events /,
    );
    const { stdout } = await edgesoul(
      ['export', '-', '--format', 'csv', '--table', 'memories', '--user', 'mira'],
      store.settings,
    );
    const [header, ...rows] = stdout.trimEnd().split('\r\n');
    expect(header).toMatch(/^userId,memoryId,/);
    expect(rows.map((row) => row.split(',').slice(0, 2))).toEqual([['mira', 'boat']]);
  });

  it.each([
    [['--format', 'xlsx'], /ndjson, csv, parquet/],
    [['--format', 'csv', '--table', 'memory'], /Allowed choices are events, profiles, [\w, ]*memories/],
    [['--format', 'csv', '--after', '3'], /--after.*leave it out/],
    [['--format', 'csv', '--resume'], /--resume.*leave it out/],
    [['--table', 'profiles'], /--table: needs --format, which is one of ndjson, csv, parquet/],
    [['--format', 'csv', '--user', 'nobody'], /no event of user nobody/],
  ])('refuses %j and writes nothing', async (options, why) => {
    const target = join(folder, 'refused');
    const { code, stderr, stdout } = await edgesoul(['export', target, ...options], store.settings);
    expect([code, stdout]).toEqual([options.includes('nobody') ? 1 : 2, '']);
    expect(stderr).toMatch(why);
    await rm(target, { recursive: true, force: true });
  });

  it('refuses a stdout that cannot be written', async () => {
    const args = ['export', '-', '--format', 'csv', '--table', 'events'];
    const { code, stderr } = await edgesoul(args, store.settings, 'exec > /dev/full');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^stdout cannot be written: .*ENOSPC/)]);
  });

  it('refuses an output that cannot be written, and leaves nothing half-written', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const inFile = await edgesoul(['export', file, '--format', 'csv'], store.settings);
    expect([inFile.code, inFile.stderr]).toEqual([2, expect.stringMatching(/a-file cannot be written/)]);
    const all = await edgesoul(['export', '-', '--format', 'csv'], store.settings);
    expect([all.code, all.stderr]).toEqual([2, expect.stringMatching(/--table: must name one table/)]);
    // The disk is full after some of the tables.
    const full = join(folder, 'full');
    const { code, stderr } = await edgesoul(
      ['export', full, '--format', 'csv', '--json'],
      store.settings,
      'ulimit -f 1',
    );
    expect(code).not.toBe(0);
    expect(stderr).not.toMatch(/at \w+ \(/);
    expect(await readdir(full)).toEqual([]);
  });
});
