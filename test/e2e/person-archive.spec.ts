import { createHash } from 'node:crypto';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { edgesoul } from '../support/edgesoul.js';
import { Store } from '../support/store.js';
import { unzipped } from '../support/unzipped.js';

type Item = Record<string, unknown>;

const linesOf = (text = '') =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Item);

/** The items with only these fields. */
const only = (items: readonly Item[], fields: readonly string[]) =>
  items.map((item) => Object.fromEntries(fields.map((field) => [field, item[field]])));

/** The files that have no time of the export in them. */
const dataOf = ({ 'README.txt': _readme, 'manifest.json': _manifest, ...rest }: Record<string, string>) =>
  rest;

describe('everything that is held of a person', () => {
  let store: Store;
  let folder: string;
  let archive: Buffer;
  let files: Record<string, string>;
  let answered: unknown[];

  const download = (userId: string) => fetch(`${store.url}/v1/users/${userId}/export`);

  beforeAll(async () => {
    store = await Store.start();
    folder = store.dataDir;
    for (const userId of ['ada', 'bob']) {
      const user = store.user(userId);
      for (let i = 0; i < 15; i++)
        await user.post('/turns', {
          sessionId: `s${i % 2}`,
          userMessage: `I love jazz ${i} – ${userId}`,
          assistantMessage: 'Do you?',
          topics: ['jazz'],
          emotion: { label: 'joy', intensity: 0.5, triggers: ['jazz'] },
          learn: true,
        });
      await user.patch('/profile', { name: userId }, { 'Idempotency-Key': 'p' });
      for (let i = 0; i < 3; i++)
        await user.post('/memories', { memoryId: `m${i}`, type: 'fact', content: `Fact ${i} of ${userId}` });
      await user.delete('/memories/m2?reason=wrong');
      const { body } = await user.get<{ receipt: { receiptId: string } }>('/context?q=fact');
      await store.post(`/v1/receipts/${body.receipt.receiptId}/used`, { turnId: 't1' });
    }
    const { body: events } = await store.user('ada').get<{ items: Item[] }>('/events?limit=5000');
    const first = events.items.find(({ type }) => type === 'turn.recorded') as { data: { turnId: string } };
    await store.user('ada').post('/retractions', { turnIds: [first.data.turnId], reason: 'not meant' });
    const response = await download('ada');
    answered = [response.status, response.headers.get('content-type')];
    archive = Buffer.from(await response.arrayBuffer());
    await writeFile(join(folder, 'ada.zip'), archive);
    files = unzipped(join(folder, 'ada.zip'));
  });

  afterAll(() => store.remove());

  it('is one archive, which another program opens, with a README that names its files', () => {
    const {
      format,
      userId,
      files: listed,
    } = JSON.parse(files['manifest.json'] ?? '') as {
      format: number;
      userId: string;
      files: Record<string, { sha256: string; lines: number }>;
    };
    expect([...answered, format, userId]).toEqual([200, 'application/zip', 1, 'ada']);
    expect(Object.keys(files).toSorted()).toEqual(
      [...Object.keys(listed), 'README.txt', 'manifest.json'].toSorted(),
    );
    for (const [name, { sha256 }] of Object.entries(listed)) {
      expect(files['README.txt']).toContain(name);
      expect(
        createHash('sha256')
          .update(files[name] ?? '')
          .digest('hex'),
      ).toBe(sha256);
    }
    expect(listed['turns.ndjson']?.lines).toBe(15);
  });

  it('has what the reads answer', async () => {
    const user = store.user('ada');
    const profile = await user.get<Item>('/profile');
    const ownFields = ['name', 'humorLevel', 'interests', 'voice', 'createdAt', 'version'];
    expect(only([JSON.parse(files['profile.json'] ?? '') as Item], ownFields)).toEqual(
      only([profile.body], ownFields),
    );
    const memories = await user.get<{ items: Item[] }>('/memories');
    const fields = ['memoryId', 'type', 'content', 'confidence', 'importance', 'occurredAt', 'version'];
    const byId = (items: Item[]) =>
      items.toSorted((a, b) => (String(a['memoryId']) < String(b['memoryId']) ? -1 : 1));
    expect(only(byId(linesOf(files['memories.ndjson'])), fields)).toEqual(
      only(byId(memories.body.items), fields),
    );
    const events = await user.get('/events', { Accept: 'application/x-ndjson' });
    expect(linesOf(files['events.ndjson'])).toEqual(linesOf(events.text));
    const turns = linesOf(events.text).filter(({ type }) => type === 'turn.recorded');
    const said = ['turnId', 'userMessage', 'assistantMessage', 'topics'];
    expect(only(linesOf(files['turns.ndjson']), said)).toEqual(
      only(
        turns.map(({ data }) => data as Item),
        said,
      ),
    );
    expect(linesOf(files['turns.ndjson']).map((turn) => 'retracted' in turn)).toEqual([
      true,
      ...Array.from({ length: 14 }, () => false),
    ]);
    const emotions = await user.get<{ items: Item[] }>('/emotions');
    expect(linesOf(files['emotions.ndjson'])).toHaveLength(14);
    expect(only(linesOf(files['emotion-patterns.ndjson']), ['emotion', 'frequency'])).toEqual(
      only(emotions.body.items, ['emotion', 'frequency']),
    );
    const learned = await user.get<{ items: Item[] }>('/profile/learned');
    expect(linesOf(files['learned-preferences.ndjson'])).toHaveLength(learned.body.items.length);
    expect(linesOf(files['answers.ndjson'])).toMatchObject([{ idempotencyKey: 'p', status: 200 }]);
    expect(linesOf(files['context-uses.ndjson'])).toMatchObject([{ turnId: 't1' }]);
    expect(linesOf(files['sessions.ndjson'])).toHaveLength(2);
  });

  it('has nothing of anyone else, and is 404 for nobody', async () => {
    expect(JSON.stringify(files)).not.toContain('bob');
    expect((await download('eve')).status).toBe(404);
    expect((await fetch(`${store.url}/v1/users/ada/export?x=1`)).status).toBe(400);
  });

  it('cannot be taken for complete when a part of it is missing', async () => {
    const part = join(folder, 'part.zip');
    for (const length of [100, archive.length >> 1, archive.length - 1]) {
      await writeFile(part, archive.subarray(0, length));
      expect(() => unzipped(part)).toThrow('python3');
    }
  });

  it('is written by the command line, through a service and without one, and only when it is complete', async () => {
    const run = (userId: string, out: string) =>
      edgesoul(['export-user', userId, '--out', join(folder, out), '--json'], store.settings);
    const { code, stdout } = await run('ada', 'through.zip');
    const { size } = await stat(join(folder, 'through.zip'));
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { userId: 'ada', file: join(folder, 'through.zip'), bytes: size },
    ]);
    expect(await run('eve', 'eve.zip')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('user.not-found'),
    });
    await store.stop();
    expect(await run('ada', 'without.zip')).toMatchObject({ code: 0 });
    expect(await run('eve', 'eve.zip')).toMatchObject({ code: 1 });
    await store.restart();
    for (const name of ['through.zip', 'without.zip'])
      expect(dataOf(unzipped(join(folder, name)))).toEqual(dataOf(files));
    expect((await readdir(folder)).filter((name) => /eve|partial/.test(name))).toEqual([]);
  });
});
