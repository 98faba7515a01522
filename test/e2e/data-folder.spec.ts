import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { startService } from '../../src/cli/service-process.js';
import { turn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { refusedStart, Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

/** Ends the service with SIGTERM, and again 100 ms later, as soon as it has taken its data folder. */
const STOPPED_AT_START = [
  'sh',
  '-c',
  `"$@" & service=$!
    until [ -e "$DATA_DIR/edgesoul.lock" ]; do sleep 0.01; done
    kill -TERM $service; sleep 0.1; kill -TERM $service
    wait $service`,
  '-',
];

describe('a stopped service on SQLite', () => {
  it('leaves the database in one file, and nothing that only a running one needs', async () => {
    expect((await store.user('stopped').post('/turns', turn())).status).toBe(201);
    expect(await readdir(store.dataDir)).toContain('edgesoul.db-wal');
    expect(await store.stop()).toBe(0);
    expect(await readdir(store.dataDir)).toEqual(['edgesoul.db', 'edgesoul.head', 'edgesoul.lock']);
    await store.restart();
    expect(await store.user('stopped').events()).toHaveLength(3);
  });

  it('ends with 0 when it is stopped before it listens', async () => {
    const DATA_DIR = join(store.folder, 'stopped-early');
    const starting = startService({ DATA_DIR, BACKUP_DIR: join(store.folder, 'none') }, STOPPED_AT_START);
    await expect(starting).rejects.toThrow('ended with code 0 before it listened');
    expect(await readdir(DATA_DIR)).toEqual(['edgesoul.db', 'edgesoul.lock']);
  });
});

describe('a start on SQLite', () => {
  it('is refused with a clear message when another process uses the data folder', async () => {
    const output = await refusedStart({ DATA_DIR: store.dataDir });
    expect(output).toMatch(/ended with code [1-9]/);
    expect(output).toContain(store.dataDir);
    expect(output).toMatch(/another|already|in use|locked/i);
    expect(output).not.toMatch(/\n\s+at /);
    expect((await store.user('undisturbed').post('/turns', turn())).status).toBe(201);
  });
});

describe('a service whose SQLite file another connection has locked', () => {
  it('is not ready and reports the reason, and is ready again once the lock is released', async () => {
    const lockHolder = new Database(join(store.dataDir, 'edgesoul.db'));
    try {
      lockHolder.exec('begin immediate');
      expect(await store.get('/health/ready')).toMatchObject({
        status: 503,
        body: {
          status: 'error',
          error: { database: { status: 'down', why: expect.stringContaining('locked') } },
        },
      });
    } finally {
      lockHolder.close();
    }
    expect((await store.get('/health/ready')).status).toBe(200);
  });
});

describe('a service on SQLite with a full disk', () => {
  /** Limits files to 512 KiB (1,024 blocks), which acts like a full disk on any machine. */
  const WITH_FULL_DISK = ['sh', '-c', 'ulimit -f 1024 && exec "$@"', '-'];

  it('refuses commands, is not ready, answers reads, and has lost nothing once there is space again', async () => {
    await store.stop();
    const full = await Store.startOn(store.settings, WITH_FULL_DISK);
    const acknowledged: number[] = [];
    try {
      const post = () => full.user('ada').post<{ position: number }>('/turns', turn());
      let answer = await post();
      for (; answer.status === 201; answer = await post()) acknowledged.push(answer.body.position);
      expect(answer.status).toBe(503);
      expect(await full.get('/health/ready')).toMatchObject({
        status: 503,
        body: { error: { database: { status: 'down', writable: false } } },
      });
      expect((await full.user('ada').get('/conversation')).status).toBe(200);
    } finally {
      await full.stop('SIGKILL');
    }
    await store.restart();
    expect((await store.get('/health/ready')).status).toBe(200);
    const positions = new Set((await readLog(store)).map(({ position }) => position));
    expect(acknowledged.filter((position) => !positions.has(position))).toEqual([]);
    expect((await store.user('ada').post('/turns', turn())).status).toBe(201);
  });
});
