import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joyfulTurn, turn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { edgesoul } from '../support/edgesoul.js';
import { dropDatabase, emptyDatabase, runSql } from '../support/postgresql-databases.js';
import { Store } from '../support/store.js';

describe('stores in schemas of one database', () => {
  let url: string;
  let folder: string;

  beforeAll(async () => {
    url = await emptyDatabase();
    folder = await mkdtemp(join(tmpdir(), 'edgesoul-schemas-'));
  });

  afterAll(async () => {
    await dropDatabase(url);
    await rm(folder, { recursive: true });
  });

  /** Creates a schema, and returns the settings of a store in it. */
  async function inSchema(name: string): Promise<Record<string, string>> {
    await runSql(url, `create schema ${name}`);
    const own = new URL(url);
    own.searchParams.set('options', `-c search_path=${name}`);
    return { DATABASE_URL: own.href, BACKUP_DIR: join(folder, name) };
  }

  it('stay separate, also when one is rebuilt, backed up and restored into a third', async () => {
    const [first, second] = [await inSchema('first'), await inSchema('second')];
    const one = await Store.startOn(first);
    const other = await Store.startOn(second);
    try {
      await one.user('ada').post('/turns', joyfulTurn());
      await other.user('bob').post('/turns', turn());
      expect((await edgesoul(['rebuild'], first)).code).toBe(0);
      expect((await edgesoul(['backup'], first)).code).toBe(0);
      const [ofOne, ofOther] = await Promise.all([readLog(one), readLog(other)]);
      expect(new Set(ofOne.map(({ userId }) => userId))).toEqual(new Set(['ada']));
      expect(new Set(ofOther.map(({ userId }) => userId))).toEqual(new Set(['bob']));
      for (const env of [first, second]) expect((await edgesoul(['verify'], env)).code).toBe(0);

      const third = await inSchema('third');
      const restored = await edgesoul(['restore', '--json'], { ...third, BACKUP_DIR: join(folder, 'first') });
      expect([restored.code, JSON.parse(restored.stdout)]).toEqual([
        0,
        expect.objectContaining({ position: ofOne.length }),
      ]);
    } finally {
      await Promise.all([one.stop('SIGKILL'), other.stop('SIGKILL')]);
    }
  });
});
