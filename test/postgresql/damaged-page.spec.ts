import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgresql } from '../postgresql-server.mjs';
import { joyfulTurn } from '../support/builders.js';
import { edgesoul } from '../support/edgesoul.js';
import { refusalOf } from '../support/expectations.js';
import { runSql } from '../support/postgresql-databases.js';
import { Store } from '../support/store.js';

const PAGE_BYTES = 8_192;

describe('a PostgreSQL server with a damaged page of the log', () => {
  let server: Awaited<ReturnType<typeof startPostgresql>>;
  let folder: string;

  beforeAll(async () => {
    server = await startPostgresql({ durable: true });
    folder = await mkdtemp(join(tmpdir(), 'edgesoul-damaged-'));
  });

  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it('is reported as damaged in answers and by verify, and a restore elsewhere brings everything back', async () => {
    const env = { DATABASE_URL: await server.createDatabase(), BACKUP_DIR: folder };
    const store = await Store.startOn(env);
    for (let i = 0; i < 40; i++) await store.user('ada').post('/turns', joyfulTurn());
    expect((await edgesoul(['backup'], env)).code).toBe(0);
    const { position } = (await store.user('ada').post<{ position: number }>('/turns', joyfulTurn())).body;
    expect((await edgesoul(['backup'], env)).code).toBe(0);

    await runSql(env.DATABASE_URL, 'checkpoint');
    const { rows } = await runSql(env.DATABASE_URL, `select pg_relation_filepath('events') as path`);
    const { path } = rows[0] as { path: string };
    await server.halt();
    const file = await open(join(server.dataDir, path), 'r+');
    await file.write(Buffer.from('not what was written'), 0, 20, PAGE_BYTES + 4_000);
    await file.close();
    await server.resume();

    let answer = await store.get('/v1/events?limit=1000');
    for (; answer.status === 503; answer = await store.get('/v1/events?limit=1000'));
    expect(refusalOf(answer)).toBe('500 database.damaged');
    const verified = await edgesoul(['verify'], env);
    expect(verified.code).toBe(3);
    expect(verified.stdout).toMatch(/storage: the database is damaged: invalid page in block 1 of relation/);
    await store.stop();

    const fresh = { ...env, DATABASE_URL: await server.createDatabase() };
    const restored = await edgesoul(['restore', '--json'], fresh);
    expect([restored.code, JSON.parse(restored.stdout)]).toEqual([0, expect.objectContaining({ position })]);
    expect((await edgesoul(['verify'], fresh)).code).toBe(0);
  });
});
