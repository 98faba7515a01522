import { memory } from '../support/builders.js';
import { Store } from '../support/store.js';

interface Forgotten {
  memoryIds: string[];
  position: number;
  more?: boolean;
}

let store: Store;

beforeAll(async () => {
  store = await Store.start();
  const ada = store.user('ada');
  const form = (memoryId: string, more: object) =>
    ada.post(
      '/memories',
      memory({ memoryId, content: 'A plain day.', importance: 0.5, type: 'fact', ...more }),
    );
  await form('old-boat', {
    content: 'Her boats are blue.',
    occurredAt: '2025-01-01T00:00:00Z',
    importance: 0.1,
  });
  await form('old-cat', { content: 'She has a cat.', occurredAt: '2025-01-02T00:00:00Z', importance: 0.9 });
  await form('new-boat', { content: 'She sold the blue boat.', context: 'on the phone', type: 'pattern' });
});

afterAll(() => store.remove());

const forget = <T = Forgotten>(body: object, user = 'ada') =>
  store.user(user).post<T>('/memories/forget', body);

describe('forgetting memories that fit', () => {
  it.each([
    [{ olderThan: '2025-02-01T00:00:00Z' }, ['old-boat', 'old-cat']],
    [{ q: 'blue boat' }, ['old-boat', 'new-boat']],
    [{ q: 'boat phone' }, ['new-boat']],
    [{ q: 'boat', types: ['pattern'] }, ['new-boat']],
    [{ maxImportance: 0.5 }, ['old-boat', 'new-boat']],
    [{ olderThan: '2025-02-01T00:00:00Z', maxImportance: 0.5, types: ['fact'] }, ['old-boat']],
    [{ ids: ['old-cat', 'none'] }, ['old-cat']],
    [{ ids: ['old-cat'], q: 'boat' }, []],
  ])('names what %o would forget, and forgets nothing', async (conditions, expected) => {
    const before = await store.user('ada').events();
    const { status, body } = await forget(conditions);
    expect([status, body]).toEqual([200, { memoryIds: expected, position: before.length, more: false }]);
    expect(await store.user('ada').events()).toHaveLength(before.length);
  });

  it.each([
    [{}, 'give at least one of'],
    [{ dryRun: true, reason: 'x' }, 'give at least one of'],
    [{ q: '?!' }, 'must have a word'],
    [{ olderThan: 'yesterday' }, 'olderThan'],
    [{ dryRun: false, q: 'boat' }, 'send the ids of a dry run'],
    [{ dryRun: false, ids: ['old-cat'], q: 'boat' }, 'no other condition'],
  ])('refuses %o', async (body, message) => {
    const refused = await forget<{ detail: string }>(body);
    expect(refused.status).toBe(400);
    expect(refused.body.detail).toContain(message);
  });

  it('forgets exactly the named ones, or none', async () => {
    const unknown = await forget<{ code: string }>({ dryRun: false, ids: ['old-cat', 'none'] });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'memory.not-found']);
    const other = await forget({ dryRun: false, ids: ['old-cat'] }, 'bob');
    expect(other.status).toBe(404);

    const { body: dry } = await forget({ q: 'boat' });
    await store.user('ada').post('/memories', memory({ memoryId: 'later-boat', content: 'A new boat.' }));
    const { status, body } = await forget({ dryRun: false, ids: dry.memoryIds, reason: 'she sold it' });
    expect([status, body.memoryIds]).toEqual([200, ['old-boat', 'new-boat']]);
    const { body: left } = await store
      .user('ada')
      .get<{ items: { memoryId: string }[] }>('/memories?limit=50');
    expect(left.items.map(({ memoryId }) => memoryId).toSorted()).toEqual(['later-boat', 'old-cat']);
    const forgotten = (await store.user('ada').events()).filter(({ type }) => type === 'memory.forgotten');
    expect(forgotten.map(({ data }) => data['reason'])).toEqual(['she sold it', 'she sold it']);
  });

  it('says when more memories fit than one run forgets', async () => {
    const commands = Array.from({ length: 1_001 }, (_, i) => ({
      command: 'FormMemory',
      userId: 'eve',
      ...memory({ memoryId: `m${i}`, content: `Day ${i}`, type: 'fact' }),
    }));
    for (let next = 0; next < commands.length; next += 500)
      await store.post('/v1/commands', { commands: commands.slice(next, next + 500) });
    const { body } = await forget({ types: ['fact'] }, 'eve');
    expect([body.memoryIds.length, body.more]).toEqual([1_000, true]);
    expect((await forget({ dryRun: false, ids: body.memoryIds }, 'eve')).status).toBe(200);
    expect((await forget({ types: ['fact'] }, 'eve')).body.memoryIds).toEqual(['m1000']);
  });
});
