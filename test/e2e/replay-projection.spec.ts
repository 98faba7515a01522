import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { linesOf, ReplayStore, USERS } from '../support/replay-store.js';

let replays: ReplayStore;

beforeAll(async () => {
  replays = await ReplayStore.start();
});

afterAll(() => replays.remove());

describe('edgesoul replay --projection', () => {
  it('reports who would change under other settings, and how, beside the live rows', async () => {
    const out = join(replays.folder, 'diff.ndjson');
    const { code, stdout } = await replays.replay(
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
      position: replays.log.length,
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
    const { stdout } = await replays.replay(
      '--projection',
      'conversation-window',
      '--set',
      'pauseMinutes=10',
      '--json',
    );
    // Turns of the first user come every 7 minutes, those of the others in longer intervals; user-5's exceed
    // 30.
    const diff = JSON.parse(stdout) as { changedUsers: number; tables: { table: string; changed: number }[] };
    const changed = USERS.filter((_, user) => (user + 1) * 7 > 10 && (user + 1) * 7 <= 30);
    expect(diff.changedUsers).toBe(changed.length);
    expect(diff.tables.find(({ table }) => table === 'conversation_summaries')?.changed).toBe(changed.length);
  });
});
