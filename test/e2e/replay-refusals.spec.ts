import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { countingFold, ReplayStore } from '../support/replay-store.js';

let replays: ReplayStore;

beforeAll(async () => {
  replays = await ReplayStore.start();
});

afterAll(() => replays.remove());

describe('edgesoul replay --fold', () => {
  it.each([
    [
      'throws.mjs',
      countingFold('{ throw new Error("boom") }'),
      /^Fold count threw "boom" at position 1, event \S+ \(user.registered of profile:/,
    ],
    [
      'loops.mjs',
      countingFold('{ for (;;); }'),
      /did not end within 1 s at position 1, event \S+ \(user.registered/,
    ],
    ['hangs.mjs', 'await new Promise(() => {}); export default {};', /does not end: it still ran after 1 s/],
    ['exits.mjs', countingFold('process.exit(0)'), /ended its thread/],
    [
      'columns.mjs',
      countingFold().replace("name: 'count'", "name: 'count', columns: { m: 'integer' }"),
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
    const file = await replays.foldFile(name, text);
    const output = join(replays.folder, 'refused');
    await mkdir(output, { recursive: true });
    const { code, stdout, stderr } = await replays.replay(
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
    [['--out', '/nowhere/rows.csv'], /^\/nowhere\/rows.csv cannot be written: ENOENT/m],
    [['--from', 'yesterday'], /--from: must be an RFC 3339 time/],
    [['--from', '2026-01-02T00:00:00Z', '--to', '2026-01-01T00:00:00Z'], /--from: must be before --to/],
    [['--as-of', '999999'], /--as-of: must not be after the end of the log; the log ends at position \d+/],
    [['--types', 'turn.taken'], /Allowed choices are user.registered/],
    [['--resume'], /--resume: needs --out/],
    [['--set', 'a=1'], /--set: belongs to --projection/],
    [['--projection', 'emotion-trend'], /either a fold file, or a projection/],
  ])('refuses %j', async (options, why) => {
    const file = await replays.foldFile('count.mjs', countingFold());
    const { code, stderr } = await replays.replay('--fold', file, ...options);
    expect([code, stderr]).toEqual([2, expect.stringMatching(why)]);
  });

  it('refuses a user whom the log does not know, as export does', async () => {
    const file = await replays.foldFile('count.mjs', countingFold());
    const { code, stdout, stderr } = await replays.replay('--fold', file, '--user', 'nobody');
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(/has no event of user nobody/)]);
  });

  it('refuses a stdout that cannot be written', async () => {
    const file = await replays.foldFile('count.mjs', countingFold());
    const { code, stderr } = await replays.replayAfter('exec > /dev/full', '--fold', file);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^stdout cannot be written: .*ENOSPC/)]);
  });

  it('prints an error as JSON, with its code', async () => {
    const { code, stdout } = await replays.replay(
      '--fold',
      'absent.mjs',
      '--out',
      join(replays.folder, 'x.csv'),
      '--json',
    );
    expect([code, JSON.parse(stdout)]).toEqual([
      2,
      { error: { code: 'request.invalid', message: expect.stringMatching(/^absent.mjs cannot be read/) } },
    ]);
  });
});

describe('edgesoul replay --projection', () => {
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
    const { code, stderr } = await replays.replay(...options);
    expect([code, stderr]).toEqual([2, expect.stringMatching(why)]);
  });
});
