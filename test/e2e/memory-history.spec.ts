import { memory } from '../support/builders.js';
import { Store } from '../support/store.js';

interface History {
  items: {
    version: number;
    type: string;
    position: number;
    actor: string;
    reason: string | null;
    changes: Record<string, { from: unknown; to: unknown }>;
  }[];
  nextCursor: string | null;
}

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

describe('the history of a memory', () => {
  it('says what was done to it, by whom and why, also when it is forgotten', async () => {
    const ada = store.user('ada');
    await ada.post('/memories', memory({ memoryId: 'boat', content: 'Her boat is blue.' }));
    await ada.post('/memories', memory({ memoryId: 'other', content: 'She has a cat.' }));
    await ada.patch('/memories/boat', { content: 'Her boat is red.', reason: 'she painted it' });
    await ada.patch('/memories/boat', { content: 'Her boat is red.', reason: 'nothing changes' });
    const { body: then } = await ada.patch<{ position: number }>('/memories/boat', { importance: 0.9 });
    await ada.delete('/memories/boat?reason=sold');

    const { status, body } = await ada.get<History>('/memories/boat/history');
    expect(status).toBe(200);
    expect(body.items.map(({ version, type, reason }) => [version, type, reason])).toEqual([
      [1, 'memory.formed', null],
      [2, 'memory.revised', 'she painted it'],
      [3, 'memory.revised', null],
      [4, 'memory.forgotten', 'sold'],
    ]);
    expect(body.items[0]?.changes['content']).toEqual({ from: null, to: 'Her boat is blue.' });
    expect(body.items[1]?.changes).toEqual({
      content: { from: 'Her boat is blue.', to: 'Her boat is red.' },
    });
    expect(body.nextCursor).toBeNull();

    const past = await ada.get<History>(`/memories/boat/history?asOf=${then.position}`);
    expect(past.body.items).toEqual(body.items.slice(0, 3));
  });

  it('is read in pages', async () => {
    const bea = store.user('bea');
    await bea.post('/memories', memory({ memoryId: 'm' }));
    for (const importance of [0.1, 0.2, 0.3, 0.4]) await bea.patch('/memories/m', { importance });
    const versions: number[] = [];
    let cursor = '';
    do {
      const { body } = await bea.get<History>(`/memories/m/history?limit=2${cursor && `&cursor=${cursor}`}`);
      versions.push(...body.items.map(({ version }) => version));
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    expect(versions).toEqual([1, 2, 3, 4, 5]);
  });

  it('of a memory that was never formed is not found', async () => {
    const { status, body } = await store.user('ada').get<{ code: string }>('/memories/none/history');
    expect([status, body.code]).toEqual([404, 'memory.not-found']);
  });
});
