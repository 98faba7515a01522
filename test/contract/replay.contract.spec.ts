import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { RowBatch } from '../../src/database/row-batch.js';
import { keyOf, keyText } from '../../src/database/table.js';
import type { StoreEvent } from '../../src/events/event-catalog.js';
import { EventDecoder } from '../../src/events/log/event-decoder.js';
import { replayProjection, type ProjectionReplay } from '../../src/operations/replay/replay-projection.js';
import { runFold, type FoldReplay } from '../../src/operations/replay/run-fold.js';
import { emotionTrend, emotionTriggersTable } from '../../src/projections/emotion-trend.projection.js';
import { ProjectionFolds } from '../../src/projections/folding/projection-folds.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { DATABASES } from '../support/databases.js';
import { duckDb } from '../support/duckdb.js';
import { brittleFolds } from '../support/folds.js';
import { MemoryRowStore } from '../support/memory-row-store.js';
import { bursts, minuteClock, sendAll } from '../support/random-commands.js';
import { scratchFolder } from '../support/scratch.js';
import type { TestDatabase } from '../support/test-database.js';

const FOLD = `export default { name: 'count', key: ({ userId, type }) => [userId, type],
  fold: (row, event) => ({ n: (row?.n ?? 0) + 1, last: event.position }) };`;

/** The rows of the fold, computed in the simplest way. */
function counted(events: readonly StoreEvent[]): object[] {
  const rows = new Map<string, { n: number; last: number }>();
  for (const { userId, type, position } of events)
    for (const key of [userId, type]) rows.set(key, { n: (rows.get(key)?.n ?? 0) + 1, last: position });
  return [...rows]
    .toSorted(([a], [b]) => Buffer.from(a).compare(Buffer.from(b)))
    .map(([key, row]) => ({ key, ...row }));
}

/** How many turns each trigger is linked to, by its key, when the events are folded one by one. */
function linkedTurnsIn(events: readonly StoreEvent[], linkedTurns: number): [key: string, turns: number][] {
  const folds = new ProjectionFolds([{ ...emotionTrend, folds: emotionTrend.foldsWith({ linkedTurns }) }]);
  const store = new MemoryRowStore();
  for (const event of events) {
    const batch = new RowBatch(store);
    folds.fold(event, batch);
    store.save(batch.changes());
  }
  const rows = store.all(emotionTriggersTable);
  return rows.map(({ turns, ...row }) => [keyText(keyOf(emotionTriggersTable, row)), turns.length]);
}

describe.each(DATABASES)('a replay of a store on $name', (database) => {
  let db: TestDatabase;
  let events: StoreEvent[];
  let folder: string;

  beforeAll(async () => {
    db = await database.open();
    const commands = fc.sample(bursts, { seed: 4, numRuns: 20 }).flat();
    await sendAll(db.writer(brittleFolds(), { clock: minuteClock() }), commands);
    events = await countedEvents((await db.log.head()).position);
  });

  /** The events up to a position, without those that were taken back by then. */
  async function countedEvents(upTo: number): Promise<StoreEvent[]> {
    const decoder = new EventDecoder();
    const query = { after: 0, upTo, limit: 1_000, retractedAsOf: upTo };
    const stored = await readStore(db.address, (reader) => reader.events(query));
    return stored.filter(({ retraction }) => !retraction).map((event) => decoder.decode(event));
  }

  beforeEach(async () => {
    folder = await scratchFolder();
    await writeFile(join(folder, 'fold.mjs'), FOLD);
  });

  afterEach(() => rm(folder, { recursive: true }));
  afterAll(() => db.close());

  async function foldRows(range: FoldReplay['range']): Promise<object[]> {
    const [file, out] = ['fold.mjs', 'rows.ndjson'].map((name) => join(folder, name)) as [string, string];
    const watch = new SharedArrayBuffer(16);
    await runFold({ address: db.address, file, out, range, resume: true, watch }, () => undefined);
    const text = await readFile(out, 'utf8');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as object);
  }

  it('yields the rows of a fold, of the events that are asked for', async () => {
    expect(events.length).toBeGreaterThan(80);
    expect(await foldRows({})).toEqual(counted(events));
    expect(await foldRows({ userId: 'bob' })).toEqual(
      counted(events.filter(({ userId }) => userId === 'bob')),
    );
    const types = ['turn.recorded', 'memory.formed'];
    expect(await foldRows({ types })).toEqual(counted(events.filter(({ type }) => types.includes(type))));
    expect(await foldRows({ upTo: 40 })).toEqual(counted(await countedEvents(40)));
    const times = events.map(({ occurredAt }) => occurredAt).toSorted((a, b) => a - b);
    const [from = 0, to = 0] = [times[20], times.at(-20)];
    expect(await foldRows({ from, to })).toEqual(
      counted(events.filter(({ occurredAt }) => occurredAt >= from && occurredAt < to)),
    );
    expect((await readdir(folder)).toSorted()).toEqual(['fold.mjs', 'rows.ndjson']);
  });

  const FAULTS: [fault: string, fold: string, why: RegExp][] = [
    ['is no promise', 'async () => ({})', /returned a promise \(it must be synchronous\).* at position 1/],
    ['is no text', '() => "one"', /returned "one", not an object or undefined, at position 1/],
    [
      'has no date',
      '() => ({ a: [{ at: new Date() }] })',
      /row ".+": a\[0\]\.at is a Date, which JSON cannot hold/,
    ],
    ['has no NaN', '() => ({ n: NaN })', /n is NaN/],
    ['is small', '() => ({ text: "x".repeat(2_000_000) })', /has 2000011 characters of JSON.*smaller rows/],
    ['has no key', '() => ({ key: 1 })', /has a field "key", which is the name of its key/],
    [
      'has the declared columns',
      '() => ({ m: 1 })',
      /a column "m" that the fold does not declare; declared are n/,
    ],
    ['has the declared types', '() => ({ n: 1.5 })', /its n is 1.5, which is no integer/],
  ];

  it.each(FAULTS)('refuses a row unless it %s', async (_, fold, why) => {
    const text = `export default { name: 'faulty', key: ({ userId }) => userId, fold: ${fold}, columns: { n: 'integer' } };`;
    await writeFile(join(folder, 'fold.mjs'), text);
    await expect(foldRows({})).rejects.toThrow(why);
    expect(existsSync(join(folder, 'rows.ndjson'))).toBe(false);
  });

  it.each<[key: string, why: RegExp]>([
    ['() => 1', /has the key 1, not a text, texts or undefined, at position 1/],
    ['() => ["a", null]', /has the key \["a",null\]/],
    ['() => Array.from({ length: 10_001 }, (_, i) => `${i}`)', /has 10001 keys, more than 10000/],
    [
      '() => { throw new Error("boom") }',
      /^Fold faulty threw "boom" at position 1, event \S+ \(user.registered of profile:/,
    ],
  ])('refuses the key %s', async (key, why) => {
    await writeFile(
      join(folder, 'fold.mjs'),
      `export default { name: 'faulty', key: ${key}, fold: () => ({}) };`,
    );
    await expect(foldRows({})).rejects.toThrow(why);
  });

  it('has types that fit all values of a column, when none are declared', async () => {
    const fold = `(row, { position }) => ({ whole: position, part: position === 1 ? 0.5 : 1, mixed: position === 1 ? 'a' : 1,
      some: position === 1 ? undefined : true, none: null, list: [position] })`;
    await writeFile(
      join(folder, 'fold.mjs'),
      `export default { name: 'typed', key: ({ position }) => \`\${position}\`, fold: ${fold} };`,
    );
    const out = join(folder, 'rows.parquet');
    const input = {
      address: db.address,
      file: join(folder, 'fold.mjs'),
      out,
      range: { upTo: 12 },
      resume: false,
    };
    const report = await runFold({ ...input, watch: new SharedArrayBuffer(16) }, () => undefined);
    // What was taken back by then has no row; the order of commands that come together is not fixed.
    const { length: rows } = await countedEvents(12);
    expect(rows).toBeGreaterThan(6);
    expect(report).toMatchObject({ fold: 'typed', rows, events: 12, resumed: 0, position: 12 });
    const columns = await duckDb(`describe select * from read_parquet('${out}')`);
    expect(
      columns.map(({ column_name: name, column_type: type }) => `${name as string} ${type as string}`),
    ).toEqual([
      'key VARCHAR',
      'whole BIGINT',
      'part DOUBLE',
      'mixed VARCHAR',
      'none VARCHAR',
      'list VARCHAR',
      'some BOOLEAN',
    ]);
    const [row] = await duckDb(
      `select whole::int as whole, part, mixed, "some", list from read_parquet('${out}') where key = '1'`,
    );
    expect(row).toEqual({ whole: 1, part: 0.5, mixed: '"a"', some: null, list: '[1]' });
  });

  it('finds no difference under the settings that there are', async () => {
    for (const { name: projection, tables } of PROJECTIONS) {
      const diff = await replayProjection({ address: db.address, projection, set: {} }, () => undefined);
      expect(diff).toMatchObject({
        differences: 0,
        changedUsers: 0,
        position: (await db.log.head()).position,
      });
      const rows = await Promise.all(tables.map(async (table) => (await db.rows(table)).length));
      expect(diff.rows).toBe(rows.reduce((sum, count) => sum + count, 0));
    }
  });

  const diffOf = (rest: Partial<ProjectionReplay>) =>
    replayProjection(
      { address: db.address, projection: 'emotion-trend', set: { linkedTurns: 1 }, ...rest },
      () => undefined,
    );

  it('finds the rows that another setting changes, and only those', async () => {
    const out = join(folder, 'diff.ndjson');
    const diff = await diffOf({ out });
    const rows = (await readFile(out, 'utf8')).split('\n').slice(0, -1);
    const found = rows.map(
      (line) => JSON.parse(line) as { key: string[]; before: { turns: unknown[] }; after: object },
    );
    const linked = (await db.rows(emotionTriggersTable)).filter(({ turns }) => turns.length > 1);
    expect(linked.length).toBeGreaterThan(0);
    expect(found.map(({ before }) => before)).toEqual(linked);
    expect(found.map(({ after }) => after)).toEqual(
      linked.map((row) => ({ ...row, turns: row.turns.slice(-1) })),
    );
    expect(diff.differences).toBe(linked.length);
    expect(diff.changedUsers).toBe(new Set(linked.map(({ userId }) => userId)).size);
    expect(diff.tables).toContainEqual({
      table: 'emotion_triggers',
      changed: linked.length,
      added: 0,
      removed: 0,
    });
    expect(existsSync(`${out}.partial`)).toBe(false);
  });

  it('compares with the past at a position, which at the head is the present', async () => {
    const head = await diffOf({ upTo: (await db.log.head()).position });
    expect({ ...head, ms: 0 }).toEqual({ ...(await diffOf({})), ms: 0 });
    for (const upTo of [0, 30, 90]) {
      const past = await countedEvents(upTo);
      const before = new Map(linkedTurnsIn(past, 3));
      const changed = linkedTurnsIn(past, 1).filter(([key, turns]) => before.get(key) !== turns).length;
      expect((await diffOf({ upTo })).differences).toBe(changed);
    }
  });
});
