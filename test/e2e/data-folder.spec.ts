import { join } from 'node:path';
import { jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { turn } from '../support/builders.js';
import { refusedStart, Store } from '../support/store.js';

jest.setTimeout(60_000);

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

describe('a start on SQLite', () => {
  it('is refused, in a clear line, on a data folder that another process uses', async () => {
    const said = await refusedStart({ DATA_DIR: store.dataDir });
    expect(said).toMatch(/ended with code [1-9]/);
    expect(said).toContain(store.dataDir);
    expect(said).toMatch(/another|already|in use|locked/i);
    expect(said).not.toMatch(/\n\s+at /);
    expect((await store.user('undisturbed').post('/turns', turn())).status).toBe(201);
  });
});

describe('a service on SQLite whose file someone else holds', () => {
  it('is not ready, says why, and is ready again afterwards', async () => {
    const other = new Database(join(store.dataDir, 'edgesoul.db'));
    try {
      other.exec('begin immediate');
      expect(await store.get('/health/ready')).toMatchObject({
        status: 503,
        body: {
          status: 'error',
          error: { database: { status: 'down', why: expect.stringContaining('locked') } },
        },
      });
    } finally {
      other.close();
    }
    expect((await store.get('/health/ready')).status).toBe(200);
  });
});
