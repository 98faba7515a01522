import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredEvent } from '../support/answers.js';
import { readLog } from '../support/client.js';
import { edgesoul } from '../support/edgesoul.js';
import { OriginalDatabase } from '../support/original-database.js';
import { fillBroken, fillMira, idAt, tellStory } from '../support/original-story.js';
import { Store } from '../support/store.js';

const READS = [
  'profile',
  'memories',
  'memories/search?q=When+did+I+tell+you+about+my+new+job',
  'emotions',
  'emotions/trend',
  'conversation',
  'sessions',
  'stats',
  'context?q=exam&format=text',
];
/** What is generated or dated when it is written, in each store in its own way. */
const GENERATED =
  /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|"(?:created|updated|recorded)At":"[^"]+"/g;

const STARTED = Date.now();

let folder: string;
let source: OriginalDatabase;
let stores: { sqlite: Store; postgresql: Store };

beforeAll(async () => {
  source = await OriginalDatabase.create({ uniqueIds: false });
  fillMira(source);
  fillBroken(source);
  tellStory(source);
  folder = await mkdtemp(join(tmpdir(), 'edgesoul-moved-'));
  const settings = { DATA_DIR: join(folder, 'data'), BACKUP_DIR: join(folder, 'backups') };
  stores = { sqlite: await Store.startOn(settings), postgresql: await Store.start() };
});

afterAll(async () => {
  await stores?.sqlite.stop('SIGKILL');
  await stores?.postgresql.remove();
  source.db.close();
  for (const each of [folder, source.folder]) await rm(each, { recursive: true });
});

interface Report {
  tables: Record<string, { came: number }>;
}

/** The report of an import. */
async function imported(store: Store, ...options: string[]): Promise<Report> {
  const command = ['import-edgesoul', source.file, '--json', '--time-zone', 'Europe/Berlin', ...options];
  const { code, stdout, stderr } = await edgesoul(command, store.settings);
  expect([code, stderr]).toEqual([0, '']);
  const { ms: _, ...report } = JSON.parse(stdout) as Report & { ms: number };
  return report;
}

/** The log, and all that can be read of each user, without what is generated. */
async function contents(store: Store): Promise<string[]> {
  const log = (await readLog(store)).map(
    ({ position, type, streamId, version, occurredAt, data }: StoredEvent) =>
      JSON.stringify({
        position,
        type,
        streamId,
        version,
        data,
        ...(Date.parse(occurredAt) < STARTED && { occurredAt }),
      }),
  );
  const answers = [];
  for (const user of ['mira', 'ada', 'lena', 'orphan'])
    for (const path of READS) {
      const { status, text } = await store.user(user).get(`/${path}`);
      answers.push(`${user} ${path} ${status} ${text}`);
    }
  return [...log, ...answers].map((each) => each.replaceAll(GENERATED, '…'));
}

describe('edgesoul import-edgesoul into PostgreSQL', () => {
  it('reports the same and makes the same of it as into SQLite, and changes nothing in a second run', async () => {
    await imported(stores.postgresql, '--dry-run');
    expect(await readLog(stores.postgresql)).toEqual([]);
    const report = await imported(stores.postgresql);
    expect(report).toEqual(await imported(stores.sqlite));
    const moved = await contents(stores.postgresql);
    expect(moved).toEqual(await contents(stores.sqlite));
    // Only the user of whom there is nothing but a memory has no conversation.
    const refused = moved.filter((each) => /^\w+ \S+ [45]\d\d /.test(each));
    expect(refused).toEqual([expect.stringMatching(/^orphan conversation 404/)]);

    await imported(stores.postgresql);
    expect(await contents(stores.postgresql)).toEqual(moved);
  });

  it('brings what the original has learned since, straight into the database of a stopped service', async () => {
    for (const user of [stores.sqlite.user('mira'), stores.postgresql.user('mira')]) {
      // What was changed here stays as it is.
      await user.delete(`/memories/${idAt('mira', '2025-03-10T18:00:00.123Z')}`);
      await user.patch('/profile', { humorLevel: 10 });
    }
    source.db.exec('update emotional_patterns set frequency = 15; update memories set access_count = 9');
    source.memory('lena', 'lena_new', { content: 'Lena has a dog since yesterday.' });
    await stores.postgresql.stop();
    const report = await imported(stores.postgresql);
    await stores.postgresql.restart();
    expect(report.tables['memories']).toMatchObject({ came: 1 });
    expect(report).toEqual(await imported(stores.sqlite));
    const moved = await contents(stores.postgresql);
    expect(moved).toEqual(await contents(stores.sqlite));
    expect(moved.filter((each) => each.includes('has a dog since yesterday'))).not.toEqual([]);
    expect((await edgesoul(['verify'], stores.postgresql.settings)).code).toBe(0);
  });
});
