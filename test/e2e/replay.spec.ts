import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import Database from 'better-sqlite3';
import type { StoredEvent } from '../support/answers.js';
import { emotion, ids, joyfulTurn, minutesLater } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { duckDb } from '../support/duckdb.js';
import { edgesoul, startEdgesoul, type CommandOutput } from '../support/edgesoul.js';
import { Store } from '../support/store.js';

jest.setTimeout(60_000);

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));
const USERS = ids('user', 12);

let folder: string;
let store: Store;
let log: StoredEvent[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesoul-replay-'));
  store = await Store.start();
  for (let i = 0; i < 6; i++) {
    const commands = USERS.map((userId, user) => ({
      command: 'RecordTurn',
      userId,
      ...joyfulTurn({ userMessage: 'one two  three', occurredAt: minutesLater(i * (user + 1) * 7) }),
    }));
    await store.post('/v1/commands', { commands });
  }
  await store.user('quiet').post('/emotions', emotion({ triggers: [] }));
  log = await readLog(store);
});

afterAll(async () => {
  await store.remove();
  await rm(folder, { recursive: true });
});

const replay = (...options: string[]): Promise<CommandOutput> =>
  edgesoul(['replay', ...options], store.settings);

/** Writes a fold file, and returns its name. */
async function foldFile(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

const counting = (fold = '({ n: (row?.n ?? 0) + 1 })') =>
  `import { defineFold } from 'edgesoul-store/replay';
  export default defineFold({ name: 'count', key: ({ userId }) => userId, fold: (row, event) => ${fold} });`;

/** Stops the thread of a fold for 12 ms. */
const PAUSE = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 12)';

/** The number of events in the saved state of a replay; 0 before there is any. */
function savedEvents(out: string): number {
  if (!existsSync(`${out}.replay`)) return 0;
  const db = new Database(`${out}.replay`, { readonly: true });
  try {
    return Number(db.prepare(`select value from note where name = 'events'`).pluck().get() ?? 0);
  } catch {
    // The tables are not there yet.
    return 0;
  } finally {
    db.close();
  }
}

const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const sortedCounts = (keys: readonly string[]) =>
  [...Map.groupBy(keys, (key) => key)]
    .map(([key, { length }]) => [key, length] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

describe('the examples', () => {
  it('in TypeScript give a row per user as Parquet, with its types', async () => {
    const out = join(folder, 'words.parquet');
    const { code, stdout, stderr } = await replay(
      '--fold',
      join(EXAMPLES, 'words-per-user.ts'),
      '--out',
      out,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Folded \d+ events, as of position \d+, into 12 rows of words-per-user in/);
    const rows = await duckDb(
      `select key, turns::int as turns, words::int as words, epoch_ms(firstAt)::varchar as firstAt, byHour from read_parquet('${out}')`,
    );
    const turns = log.filter(({ type }) => type === 'turn.recorded');
    expect(rows.map(({ key, turns: count }) => [key, count])).toEqual(
      sortedCounts(turns.map(({ userId }) => userId)),
    );
    for (const { key, words, firstAt, byHour } of rows) {
      expect(words).toBe(18);
      const times = turns
        .filter(({ userId }) => userId === key)
        .map(({ occurredAt }) => Date.parse(occurredAt));
      expect(firstAt).toBe(String(Math.min(...times)));
      const hours = JSON.parse(byHour as string) as number[];
      expect([hours.length, hours.reduce((sum, count) => sum + count, 0)]).toEqual([24, 18]);
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('words.'))).toEqual(['words.parquet']);
  });

  it('in JavaScript give rows by trigger and emotion on stdout', async () => {
    const file = join(EXAMPLES, 'emotions-after-triggers.js');
    const { code, stdout, stderr } = await replay('--fold', file, '--types', 'emotion.observed');
    expect([code, stderr]).toEqual([0, '']);
    const pairs = log
      .filter(({ type }) => type === 'emotion.observed')
      .flatMap(({ data }) =>
        (data.triggers as string[]).map((trigger) => `${trigger} → ${String(data.emotion)}`),
      );
    expect(linesOf(stdout).map(({ key, count }) => [key, count])).toEqual(sortedCounts(pairs));
  });
});

describe('edgesoul replay --fold', () => {
  it('takes only the events that are asked for', async () => {
    const file = await foldFile('count.mjs', counting());
    const at = log[Math.floor((log.length * 2) / 3)]?.recordedAt as string;
    const options = [
      '--as-of',
      at,
      '--from',
      minutesLater(5),
      '--to',
      minutesLater(100),
      '--types',
      'turn.recorded',
    ];
    const { stdout } = await replay('--fold', file, ...options);
    const [from, to] = [minutesLater(5), minutesLater(100)].map((time) => Date.parse(time)) as [
      number,
      number,
    ];
    const taken = log.filter(
      ({ type, recordedAt, occurredAt }) =>
        type === 'turn.recorded' &&
        recordedAt <= at &&
        Date.parse(occurredAt) >= from &&
        Date.parse(occurredAt) < to,
    );
    expect(taken.length).toBeGreaterThan(0);
    expect(linesOf(stdout).map(({ key, n }) => [key, n])).toEqual(
      sortedCounts(taken.map(({ userId }) => userId)),
    );
  });

  it.each([
    ['SIGINT', 1, 'Interrupted; the same command with --resume continues.\n'],
    ['SIGKILL', null, ''],
  ] as const)('continues after %s with --resume, and yields the same rows', async (signal, code, message) => {
    const file = await foldFile(
      'slow.mjs',
      counting(`(${PAUSE}, { n: (row?.n ?? 0) + 1, last: event.position })`),
    );
    const out = join(folder, `${signal}.csv`);
    const { child, ended } = startEdgesoul(['replay', '--fold', file, '--out', out], store.settings);
    while (savedEvents(out) === 0) await sleep(20);
    child.kill(signal);
    expect(await ended).toMatchObject({ code, stderr: message });
    expect(existsSync(out)).toBe(false);
    const other = await replay('--fold', file, '--out', out, '--resume', '--user', 'user-3');
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringMatching(/another replay: it has other filters/),
    ]);
    const { stdout } = await replay('--fold', file, '--out', out, '--resume', '--json');
    const report = JSON.parse(stdout) as { events: number; resumed: number };
    expect(report.events).toBe(log.length);
    expect(report.resumed).toBeGreaterThan(0);
    const lines = sortedCounts(log.map(({ userId }) => userId)).map(([userId, n]) => {
      const last = log.findLast((event) => event.userId === userId)?.position;
      return `${userId},${n},${last}\r\n`;
    });
    expect(await readFile(out, 'utf8')).toBe(`key,n,last\r\n${lines.join('')}`);
    expect(existsSync(`${out}.replay`)).toBe(false);
  });

  it.each([
    [
      'throws.mjs',
      counting('{ throw new Error("boom") }'),
      /^Fold count threw "boom" at position 1, event \S+ \(user.registered of profile:/,
    ],
    [
      'loops.mjs',
      counting('{ for (;;); }'),
      /did not end within 1 s at position 1, event \S+ \(user.registered/,
    ],
    ['hangs.mjs', 'await new Promise(() => {}); export default {};', /does not end: it still ran after 1 s/],
    ['exits.mjs', counting('process.exit(0)'), /ended its thread/],
    [
      'columns.mjs',
      counting().replace("name: 'count'", "name: 'count', columns: { m: 'integer' }"),
      /column "n" that the fold does not declare; declared are m/,
    ],
    [
      'no-fold.mjs',
      'export default { name: "x", key: 1 };',
      /exports no fold: key must be a function; fold must be a function\. It must be: export default defineFold/,
    ],
    ['syntax.mjs', 'export default {', /cannot be run/],
    ['fold.txt', '', /must end in one of \.js, \.mjs, \.ts, \.mts/],
  ])('refuses %s, and leaves nothing behind', async (name, text, why) => {
    const file = await foldFile(name, text);
    const output = join(folder, 'refused');
    await mkdir(output, { recursive: true });
    const { code, stdout, stderr } = await replay(
      '--fold',
      file,
      '--out',
      join(output, 'rows.csv'),
      '--event-timeout',
      '1',
    );
    expect(stderr).toMatch(why);
    expect([code, stdout]).toEqual([2, '']);
    expect(await readdir(output)).toEqual([]);
  });

  it.each([
    [['--out', 'rows.xlsx'], /--out: rows.xlsx must end in one of .ndjson, .csv, .parquet/],
    [['--out', '/nowhere/rows.csv'], /\/nowhere\/rows.csv cannot be written/],
    [['--from', 'yesterday'], /--from: must be an RFC 3339 time/],
    [['--from', '2026-01-02T00:00:00Z', '--to', '2026-01-01T00:00:00Z'], /--from: must be before --to/],
    [['--as-of', '999999'], /--as-of: must not be after the end of the log; the log ends at position \d+/],
    [['--types', 'turn.taken'], /Allowed choices are user.registered/],
    [['--resume'], /--resume: needs --out/],
    [['--set', 'a=1'], /--set: belongs to --projection/],
    [['--projection', 'emotion-trend'], /either a fold file, or a projection/],
  ])('refuses %j', async (options, why) => {
    const file = await foldFile('count.mjs', counting());
    const { code, stderr } = await replay('--fold', file, ...options);
    expect([code, stderr]).toEqual([2, expect.stringMatching(why)]);
  });

  it('prints an error as JSON, with its code', async () => {
    const { code, stdout } = await replay('--fold', 'absent.mjs', '--out', join(folder, 'x.csv'), '--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      2,
      { error: { code: 'request.invalid', message: expect.stringMatching(/^absent.mjs cannot be read/) } },
    ]);
  });
});

describe('edgesoul replay --projection', () => {
  it('reports who would change under other settings, and how, beside the live rows', async () => {
    const out = join(folder, 'diff.ndjson');
    const { code, stdout } = await replay(
      '--projection',
      'emotion-trend',
      '--set',
      'linkedTurns=5',
      '--diff',
      '--json',
      '--out',
      out,
    );
    expect(code).toBe(0);
    const diff = JSON.parse(stdout) as { differences: number };
    expect(diff).toMatchObject({
      projection: 'emotion-trend',
      settings: { linkedTurns: 5 },
      position: log.length,
      users: USERS.length + 1,
      changedUsers: USERS.length,
    });
    const rows = linesOf(await readFile(out, 'utf8'));
    expect(rows).toHaveLength(diff.differences);
    for (const { table, before, after } of rows) {
      expect(table).toBe('emotion_triggers');
      const [live, then] = [before, after].map((row) => (row as { turns: unknown[] }).turns);
      expect([live?.length, then?.length]).toEqual([3, 5]);
      expect(then?.slice(-3)).toEqual(live);
    }
  });

  it('divides conversations at another pause', async () => {
    const { stdout } = await replay(
      '--projection',
      'conversation-window',
      '--set',
      'pauseMinutes=10',
      '--json',
    );
    // Turns of the first user come every 7 minutes, those of the others in longer intervals; user-5's exceed 30.
    const diff = JSON.parse(stdout) as { changedUsers: number; tables: { table: string; changed: number }[] };
    const changed = USERS.filter((_, user) => (user + 1) * 7 > 10 && (user + 1) * 7 <= 30);
    expect(diff.changedUsers).toBe(changed.length);
    expect(diff.tables.find(({ table }) => table === 'conversation_summaries')?.changed).toBe(changed.length);
  });

  it.each([
    [['--projection', 'emotion-trend', '--set', 'linked=5'], /no setting "linked"; it has linkedTurns/],
    [['--projection', 'memory-index', '--set', 'a=5'], /it has no settings/],
    [
      ['--projection', 'emotion-trend', '--set', 'linkedTurns=0'],
      /linkedTurns must be a whole number from 1 to 50, not "0"/,
    ],
    [['--projection', 'emotion-trend', '--set', 'linkedTurns'], /not ""/],
    [['--projection', 'emotions'], /Allowed choices are current-profile, memory-index/],
    [['--projection', 'emotion-trend', '--user', 'user-1'], /--user: belongs to --fold/],
    [[], /name either a fold file, or a projection/],
  ])('refuses %j', async (options, why) => {
    const { code, stderr } = await replay(...options);
    expect([code, stderr]).toEqual([2, expect.stringMatching(why)]);
  });
});
