import { setTimeout as sleep } from 'node:timers/promises';
import type { EmotionPattern, List, StoredEvent } from '../support/answers.js';
import { emotion } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { newerRelease, WITH_WEATHER, type NewerRelease } from '../support/newer-release.js';
import { Store } from '../support/store.js';

let release: NewerRelease;
let older: Store;
let newer: Store;

beforeAll(async () => {
  release = await newerRelease(WITH_WEATHER);
  older = await Store.start();
  newer = await Store.startOn(older.settings, release.under);
});

afterAll(async () => {
  await newer?.stop('SIGKILL');
  await older.remove();
  await release.remove();
});

const observe = async (store: Store) =>
  expect((await store.user('ada').post('/emotions', emotion({ emotion: 'joy' }))).status).toBe(201);
const weathers = (log: readonly StoredEvent[]) =>
  log
    .filter(({ type }) => type === 'emotion.observed')
    .map(({ data }) => (data as { weather?: string }).weather);

async function verification(store: Store): Promise<object> {
  const { verificationId } = (await store.post<{ verificationId: string }>('/v1/ops/verifications')).body;
  for (;;) {
    const { body } = await store.get<{ state: string }>(`/v1/ops/verifications/${verificationId}`);
    if (body.state !== 'running') return body;
    await sleep(50);
  }
}

describe('a newer release that records a new optional field of a known event', () => {
  it('works beside an older one, which reads such events, folds them, and passes the field on', async () => {
    for (const store of [newer, older, newer, older]) await observe(store);
    const feeds = [await readLog(older), await readLog(newer)];
    for (const feed of feeds) expect(weathers(feed)).toEqual(['rain', undefined, 'rain', undefined]);
    for (const store of [older, newer]) {
      for (const asOf of ['', `?asOf=${feeds[0]?.length}`]) {
        const { status, body } = await store.user('ada').get<List<EmotionPattern>>(`/emotions${asOf}`);
        expect([status, body.items[0]?.frequency]).toEqual([200, 4]);
      }
      expect(await verification(store)).toMatchObject({ state: 'done', ok: true, events: feeds[0]?.length });
      expect((await store.get('/health/ready')).status).toBe(200);
    }
    await older.restart();
    await observe(older);
    expect(weathers(await readLog(older))).toHaveLength(5);
  });
});
