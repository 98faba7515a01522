import { jest } from '@jest/globals';
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
