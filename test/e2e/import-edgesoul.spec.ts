import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { edgesoul } from '../support/edgesoul.js';
import { OriginalDatabase } from '../support/original-database.js';
import { fillBroken, fillMira, idAt } from '../support/original-story.js';
import { Store } from '../support/store.js';

interface TableReport {
  rows: number;
  came: number;
  already: number;
  repaired: Record<string, number>;
  refused: Record<string, number>;
}
interface Report {
  tables: Record<string, TableReport>;
  clockOffsets: Record<string, number>;
}

const originals: OriginalDatabase[] = [];
const stores: Store[] = [];

async function original(options?: { uniqueIds: boolean }): Promise<OriginalDatabase> {
  const created = await OriginalDatabase.create(options);
  originals.push(created);
  return created;
}

async function started(): Promise<Store> {
  const store = await Store.start();
  stores.push(store);
  return store;
}

afterEach(async () => {
  for (const { db, folder } of originals.splice(0)) {
    db.close();
    await rm(folder, { recursive: true });
  }
  for (const store of stores.splice(0)) await store.remove();
});

async function imported(store: Store, file: string, ...options: string[]): Promise<Report> {
  const { code, stdout, stderr } = await edgesoul(
    ['import-edgesoul', file, '--json', ...options],
    store.settings,
  );
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Report;
}

const head = async (store: Store): Promise<number> =>
  (await store.get<{ head: number }>('/v1/ops/projections')).body.head;

describe('edgesoul import-edgesoul', () => {
  it('reproduces profile, memory with its access count, window and pattern, through a running service', async () => {
    const source = await original();
    fillMira(source);
    const store = await started();
    const mira = store.user('mira');
    const dry = await imported(store, source.file, '--dry-run');
    expect([await head(store), dry.tables['memories']?.came]).toEqual([0, 1]);

    const report = await imported(store, source.file, '--time-zone', 'Europe/Berlin');
    expect(Object.values(report.tables).map(({ rows, came, already }) => [rows, came, already])).toEqual(
      Array.from({ length: 4 }, () => [1, 1, 0]),
    );
    expect(report.clockOffsets).toEqual({ '60': 1 });
    expect((await mira.get('/profile')).body).toMatchObject({
      name: 'Mira',
      humorLevel: 80,
      empathyLevel: 75,
      emojiUsage: false,
      voice: { speed: 1.5, enabled: true },
      interests: ['sailing', 'chess'],
      communicationPatterns: { theme: 'dark' },
      totalMessages: 2,
    });
    expect((await mira.get<{ items: object[] }>('/memories')).body.items).toMatchObject([
      {
        memoryId: idAt('mira', '2025-03-10T18:00:00.123Z'),
        type: 'preference',
        recallCount: 7,
        lastRecalledAt: '2025-04-01T12:00:00.000Z',
        occurredAt: '2025-03-10T18:00:00.123Z',
        metadata: { source: 'chat' },
        version: 1,
      },
    ]);
    const { body: emotions } = await mira.get<{ items: Record<string, unknown>[] }>('/emotions');
    const hours = Array.from({ length: 24 }, (_, hour) => ({ 7: 3, 19: 9 })[hour] ?? 0);
    const sums = { frequency: 12, meanIntensity: 0.85, hours, lastAt: '2025-07-01T17:30:00.000Z' };
    expect(emotions.items).toMatchObject([
      {
        emotion: 'joy',
        ...sums,
        triggers: [],
        imported: { ...sums, triggers: ['exam', 'sailing'].toReversed() },
      },
    ]);
    expect((await mira.get<{ items: [] }>('/emotions/trend')).body.items).toEqual([]);
    expect((await mira.get('/conversation')).body).toMatchObject({
      sessionId: 'session_1741629600_abc',
      turns: [
        { userMessage: 'I passed!', emotion: null, occurredAt: '2025-07-01T17:00:00.000Z' },
        { userMessage: 'And now?', occurredAt: '2025-07-01T17:30:00.000Z' },
      ],
      // The original wrote once when the session began; the turns before the last ten are not known.
      startedAt: '2025-03-01T08:05:00.000Z',
      turnCount: 2,
      topics: ['passed', 'exam'],
      currentEmotion: 'joy',
      emotionTrajectory: [
        { emotion: 'neutral', intensity: null },
        { emotion: 'joy', intensity: null },
      ],
    });
    expect((await store.get('/api/v1/memory/profile/mira')).body).toMatchObject({
      created_at: '2025-03-01T08:00:00.000Z',
      humor_level: 80,
    });
    const events = await mira.events();
    expect(events.map(({ type }) => type)).not.toContain('emotion.observed');
    expect(events.find(({ type }) => type === 'memory.formed')).toMatchObject({
      occurredAt: expect.stringContaining('2025-03-10T'),
    });
    expect((await edgesoul(['verify'], store.settings)).code).toBe(0);
  });

  it('changes nothing in a second run, also after what was imported was changed here', async () => {
    const source = await original();
    fillMira(source);
    source.memory('mira', 'mira_1', { content: 'To be forgotten' });
    const store = await started();
    const mira = store.user('mira');
    await imported(store, source.file);
    await mira.delete('/memories/mira_1');
    await mira.patch('/profile', { humorLevel: 10 });
    const before = await head(store);
    const again = await imported(store, source.file);
    expect(await head(store)).toBe(before);
    expect(Object.values(again.tables).map(({ came, already }) => [came, already])).toEqual([
      [0, 1],
      [0, 2],
      [0, 1],
      [0, 1],
    ]);
    expect((await mira.get('/memories/mira_1')).status).toBe(404);
    expect((await mira.get('/profile')).body).toMatchObject({ humorLevel: 10 });

    // The original gives a profile a new date whenever it saves it, also unchanged.
    source.db.exec(`update user_profiles set updated_at = '2025-04-01 10:00:00.000000'`);
    expect((await imported(store, source.file)).tables['user_profiles']).toEqual({
      ...again.tables['user_profiles'],
      already: 1,
    });
    expect(await head(store)).toBe(before);

    // What the original has learned since comes, and the newer sums replace the older ones.
    source.db.exec(`update emotional_patterns set frequency = 15; update memories set access_count = 9`);
    source.memory('mira', 'mira_2', { content: 'New since' });
    const later = await imported(store, source.file);
    expect(later.tables['memories']).toMatchObject({ came: 1, already: 2 });
    expect((await mira.get<{ items: object[] }>('/emotions')).body.items).toMatchObject([{ frequency: 15 }]);
  });

  it('repairs mixed scales, duplicate ids, local times and broken JSON, and says what it refused', async () => {
    const source = await original({ uniqueIds: false });
    fillBroken(source);
    const store = await started();
    const { tables } = await imported(store, source.file);
    expect(tables['user_profiles']).toEqual({
      rows: 2,
      came: 1,
      already: 0,
      repaired: { range: 1, type: 1, json: 2, time: 1, 'counters left out': 1 },
      refused: { 'a user id with other characters than A-Z a-z 0-9 . _ - : @': 1 },
    });
    expect(tables['memories']).toEqual({
      rows: 6,
      came: 4,
      already: 0,
      repaired: { scale: 2, 'duplicate id': 1, json: 1, type: 1, characters: 1, id: 1, length: 1 },
      refused: { 'an unknown memory type': 1, 'no content': 1 },
    });
    expect(tables['emotional_patterns']).toEqual({
      rows: 3,
      came: 1,
      already: 0,
      repaired: { json: 1, scale: 1, 'spelling: merged with another row': 1 },
      refused: { 'a frequency of 0': 1 },
    });
    expect(tables['conversation_contexts']).toMatchObject({
      came: 1,
      repaired: { id: 1, message: 1, time: 1 },
    });
    const ada = store.user('ada');
    const { items } = (await ada.get<{ items: { memoryId: string }[] }>('/memories')).body;
    expect(items.map(({ memoryId }) => memoryId).toSorted()).toEqual([
      'ada_1',
      'ada_1.2',
      expect.stringMatching(/^edgesoul-[0-9a-f]{32}$/),
    ]);
    expect((await ada.get('/memories/ada_1')).body).toMatchObject({ confidence: 0.85, importance: 0.07 });
    expect((await ada.get('/profile')).body).toMatchObject({ humorLevel: 100, empathyLevel: 75 });
    expect((await ada.get<{ items: object[] }>('/emotions')).body.items).toMatchObject([
      { emotion: 'joy', frequency: 4, meanIntensity: 0.8 },
    ]);
    const at = await head(store);
    await imported(store, source.file);
    expect(await head(store)).toBe(at);
  });

  it('reads a write-ahead log that another process holds open, and writes nothing beside it (defect 11)', async () => {
    const source = await original();
    source.db.pragma('wal_autocheckpoint = 0');
    fillMira(source);
    const contents = async () => {
      const names = (await readdir(source.folder)).toSorted();
      const digests = names.map(async (name) => {
        const { mtimeMs } = await stat(join(source.folder, name));
        return [
          name,
          mtimeMs,
          createHash('sha256')
            .update(await readFile(join(source.folder, name)))
            .digest('hex'),
        ];
      });
      return Promise.all(digests);
    };
    const before = await contents();
    expect(before.map(([name]) => name)).toContain('edgesoul.db-wal');
    const store = await started();
    await store.stop();
    // Without a service, into the stopped store.
    const report = await imported(store, source.file);
    expect(report.tables['memories']?.came).toBe(1);
    expect(await contents()).toEqual(before);
    await store.restart();
    expect((await store.user('mira').get('/profile')).body).toMatchObject({ name: 'Mira' });
  });
});
