import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { minutesLater } from '../support/builders.js';
import { duckDb } from '../support/duckdb.js';
import { startEdgesoul } from '../support/edgesoul.js';
import { countingFold, linesOf, ReplayStore, sortedCounts } from '../support/replay-store.js';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));
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

let replays: ReplayStore;

beforeAll(async () => {
  replays = await ReplayStore.start();
});

afterAll(() => replays.remove());

describe('the examples', () => {
  it('in TypeScript give a row per user as Parquet, with its types', async () => {
    const out = join(replays.folder, 'words.parquet');
    const { code, stdout, stderr } = await replays.replay(
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
    const turns = replays.log.filter(({ type }) => type === 'turn.recorded');
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
    expect((await readdir(replays.folder)).filter((name) => name.startsWith('words.'))).toEqual([
      'words.parquet',
    ]);
  });

  it('in JavaScript give rows by trigger and emotion on stdout', async () => {
    const file = join(EXAMPLES, 'emotions-after-triggers.js');
    const { code, stdout, stderr } = await replays.replay('--fold', file, '--types', 'emotion.observed');
    expect([code, stderr]).toEqual([0, '']);
    const pairs = replays.log
      .filter(({ type }) => type === 'emotion.observed')
      .flatMap(({ data }) =>
        (data.triggers as string[]).map((trigger) => `${trigger} → ${String(data.emotion)}`),
      );
    expect(linesOf(stdout).map(({ key, count }) => [key, count])).toEqual(sortedCounts(pairs));
  });
});

describe('edgesoul replay --fold', () => {
  it('takes only the events that are asked for', async () => {
    const file = await replays.foldFile('count.mjs', countingFold());
    const at = replays.log[Math.floor((replays.log.length * 2) / 3)]?.recordedAt as string;
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
    const { stdout } = await replays.replay('--fold', file, ...options);
    const [from, to] = [minutesLater(5), minutesLater(100)].map((time) => Date.parse(time)) as [
      number,
      number,
    ];
    const taken = replays.log.filter(
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
    const file = await replays.foldFile(
      'slow.mjs',
      countingFold(`(${PAUSE}, { n: (row?.n ?? 0) + 1, last: event.position })`),
    );
    const out = join(replays.folder, `${signal}.csv`);
    const { child, ended } = startEdgesoul(['replay', '--fold', file, '--out', out], replays.store.settings);
    while (savedEvents(out) === 0) await sleep(20);
    child.kill(signal);
    expect(await ended).toMatchObject({ code, stderr: message });
    expect(existsSync(out)).toBe(false);
    const other = await replays.replay('--fold', file, '--out', out, '--resume', '--user', 'user-3');
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringMatching(/another replay: it has other filters/),
    ]);
    const { stdout } = await replays.replay('--fold', file, '--out', out, '--resume', '--json');
    const report = JSON.parse(stdout) as { events: number; resumed: number };
    expect(report.events).toBe(replays.log.length);
    expect(report.resumed).toBeGreaterThan(0);
    const lines = sortedCounts(replays.log.map(({ userId }) => userId)).map(([userId, n]) => {
      const last = replays.log.findLast((event) => event.userId === userId)?.position;
      return `${userId},${n},${last}\r\n`;
    });
    expect(await readFile(out, 'utf8')).toBe(`key,n,last\r\n${lines.join('')}`);
    expect(existsSync(`${out}.replay`)).toBe(false);
  });
});
