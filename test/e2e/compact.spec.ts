import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { turn } from '../support/builders.js';
import { edgesoul, killedAt } from '../support/edgesoul.js';
import { Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
  for (let i = 0; i < 50; i++)
    await store.user(`user-${i}`).post('/turns', turn({ userMessage: `word${i} `.repeat(200) }));
});

afterAll(() => store.remove());

const sizeOf = async () => (await stat(join(store.dataDir, 'edgesoul.db'))).size;

describe('edgesoul compact', () => {
  it('is refused while a service has the data folder', async () => {
    const { code, stderr } = await edgesoul(['compact'], store.settings);
    expect([code, stderr]).toEqual([1, expect.stringContaining('stop it first')]);
    await store.stop();
  });

  it('leaves the old store or the new one when it is killed', async () => {
    expect((await edgesoul(['rebuild'], store.settings)).code).toBe(0);
    for (const step of ['rename edgesoul.swap', 'rename edgesoul.db.compacted']) {
      expect((await edgesoul(['compact'], killedAt(step, store.settings))).code).toBeNull();
      expect(await edgesoul(['verify'], store.settings)).toMatchObject({ code: 0 });
    }
  });

  it('gives back the room that a rebuild left, and says how much; the next rebuild reuses it', async () => {
    expect((await edgesoul(['rebuild'], store.settings)).code).toBe(0);
    const rebuilt = await sizeOf();
    expect((await edgesoul(['rebuild'], store.settings)).code).toBe(0);
    // The pages of the rows may divide otherwise; without reuse the file would grow by all rows.
    expect(await sizeOf()).toBeLessThan(rebuilt * 1.05);

    const { code, stdout } = await edgesoul(['compact', '--json'], store.settings);

    expect(code).toBe(0);
    const { before, after, givenBack } = JSON.parse(stdout) as Record<string, number>;
    expect(after).toBe(await sizeOf());
    expect(givenBack).toBe(Number(before) - Number(after));
    expect(after).toBeLessThan(rebuilt);
    expect((await readdir(store.dataDir)).filter((name) => /compacted|removed|swap/.test(name))).toEqual([]);
    expect(await edgesoul(['verify'], store.settings)).toMatchObject({ code: 0 });
    await store.restart();
    expect((await store.user('user-1').get('/conversation')).status).toBe(200);
  });
});
