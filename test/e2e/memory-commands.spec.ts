import type { CommandAnswer, Memory, Problem, StoredEvent } from '../support/answers.js';
import { ids, memory, START } from '../support/builders.js';
import { refusalOf, UTC_TIME } from '../support/expectations.js';
import { Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

const ofType = (events: StoredEvent[], type: string): StoredEvent | undefined =>
  events.find((event) => event.type === type);

describe('a memory', () => {
  it('is formed under the given id, or under a generated one', async () => {
    const user = store.user('memory-form');
    const named = await user.post<CommandAnswer>('/memories', memory({ memoryId: 'boat' }));
    const events = await user.lastEvents();
    expect(named.status).toBe(201);
    expect(named.body).toMatchObject({ memoryId: 'boat', version: 1, position: events.at(-1)?.position });
    expect(ofType(events, 'memory.formed')).toMatchObject({
      streamId: 'memory:memory-form/boat',
      version: 1,
      occurredAt: START,
    });
    expect(ofType(events, 'memory.formed')?.data).toEqual({
      memoryId: 'boat',
      type: 'fact',
      content: 'Her sailing boat is called Marlin.',
      language: 'en',
      context: 'Told while planning the summer.',
      confidence: 0.9,
      importance: 0.6,
      metadata: { source: 'chat' },
    });

    const unnamed = await user.post<CommandAnswer>('/memories', memory());
    expect(unnamed.body).toMatchObject({ memoryId: expect.stringMatching(/\S/), version: 1 });
    expect(unnamed.body.memoryId).not.toBe('boat');
  });

  it('gets default values for the fields that were left out', async () => {
    const user = store.user('memory-defaults');
    await user.post('/memories', { type: 'pattern', content: 'Walks at dawn.', memoryId: 'walk' });
    expect(ofType(await user.events(), 'memory.formed')?.data).toMatchObject({
      context: null,
      confidence: 0.8,
      importance: 0.5,
      metadata: {},
    });
  });

  it.each(['preference', 'pattern', 'fact', 'conversation', 'emotional'])(
    'can be of type %s',
    async (type) => {
      const user = store.user('memory-types');
      expect((await user.post('/memories', memory({ type, memoryId: type }))).status).toBe(201);
      expect((await user.get<Memory>(`/memories/${type}`)).body.type).toBe(type);
    },
  );

  it('is revised by one event with the old and new value of each changed field', async () => {
    const user = store.user('memory-revise');
    await user.post('/memories', memory({ memoryId: 'boat' }));
    const change = {
      content: 'Her boat is called Tern.',
      importance: 0.9,
      confidence: 0.9,
      metadata: { checked: true },
    };
    const { status, body } = await user.patch<CommandAnswer>('/memories/boat', change);
    const events = await user.lastEvents();
    expect(status).toBe(200);
    expect(body).toMatchObject({ memoryId: 'boat', version: 2, position: events.at(-1)?.position });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: 'memory.revised',
      streamId: 'memory:memory-revise/boat',
      version: 2,
    });
    expect(events[0]?.data).toEqual({
      memoryId: 'boat',
      changes: {
        content: { from: 'Her sailing boat is called Marlin.', to: 'Her boat is called Tern.' },
        importance: { from: 0.6, to: 0.9 },
        metadata: { from: { source: 'chat' }, to: { checked: true } },
      },
    });
  });

  it('gets no event from a revision without effect, which answers with the previous position', async () => {
    const user = store.user('memory-same');
    const formed = await user.post<CommandAnswer>('/memories', memory({ memoryId: 'boat' }));
    const { memoryId: _, occurredAt: __, ...same } = memory({ memoryId: 'boat' });
    const revised = await user.patch<CommandAnswer>('/memories/boat', same);
    expect(revised).toMatchObject({ status: 200, body: formed.body });
    expect(await user.events()).toHaveLength(2);
  });

  it('is forgotten for good: it cannot be read, revised, recalled or formed again', async () => {
    const user = store.user('memory-forget');
    await user.post('/memories', memory({ memoryId: 'boat' }));
    const { status, body } = await user.delete<CommandAnswer>('/memories/boat?reason=She%20asked');
    const events = await user.events();
    expect(status).toBe(200);
    expect(body).toMatchObject({ memoryId: 'boat', version: 2, position: events.at(-1)?.position });
    expect(events.at(-1)).toMatchObject({
      type: 'memory.forgotten',
      streamId: 'memory:memory-forget/boat',
      version: 2,
      data: { memoryId: 'boat', reason: 'She asked' },
    });

    expect(refusalOf(await user.get('/memories/boat'))).toBe('404 memory.not-found');
    expect(refusalOf(await user.patch('/memories/boat', { importance: 1 }))).toBe('404 memory.not-found');
    expect(refusalOf(await user.delete('/memories/boat'))).toBe('404 memory.not-found');
    expect(refusalOf(await user.post('/recalls', { memoryIds: ['boat'] }))).toBe('404 memory.not-found');
    const again = await user.post<Problem>('/memories', memory({ memoryId: 'boat' }));
    expect(refusalOf(again)).toBe('409 memory.already-exists');
    expect(again.body.detail).toMatch(/forgotten.*with another id or without one/);
    expect(await user.events()).toEqual(events);
  });

  it('is not replaced by another memory of the user with the same id', async () => {
    const user = store.user('memory-taken');
    await user.post('/memories', memory({ memoryId: 'boat' }));
    const again = await user.post('/memories', memory({ memoryId: 'boat', content: 'Something else.' }));
    expect(refusalOf(again)).toBe('409 memory.already-exists');
    expect((await user.get<Memory>('/memories/boat')).body.content).toBe(
      'Her sailing boat is called Marlin.',
    );
  });

  it('is independent of a memory of another user with the same id', async () => {
    const [ana, ben] = [store.user('apart-ana'), store.user('apart-ben')];
    await ana.post('/memories', memory({ memoryId: 'same', content: 'Of Ana.' }));
    const formed = await ben.post<CommandAnswer>(
      '/memories',
      memory({ memoryId: 'same', content: 'Of Ben.' }),
    );
    expect(formed).toMatchObject({ status: 201, body: { version: 1 } });
    await ana.delete('/memories/same');
    expect((await ben.get<Memory>('/memories/same')).body.content).toBe('Of Ben.');
  });

  it('counts as recalled when a reply used it, in one event for all memories of the reply', async () => {
    const user = store.user('memory-recall');
    const memoryIds = ids('memory', 3);
    for (const memoryId of memoryIds) await user.post('/memories', memory({ memoryId }));
    const { status, body } = await user.post<CommandAnswer>('/recalls', { memoryIds: memoryIds.slice(0, 2) });
    const events = await user.lastEvents();
    expect(status).toBe(201);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: 'memory.recalled',
      position: body.position,
      data: { memoryIds: ['memory-1', 'memory-2'] },
    });
    await user.post('/recalls', { memoryIds: ['memory-2'] });
    const counts = await Promise.all(memoryIds.map((id) => user.get<Memory>(`/memories/${id}`)));
    expect(counts.map(({ body: { recallCount } }) => recallCount)).toEqual([1, 2, 0]);
    expect(counts[1]?.body.lastRecalledAt).toMatch(UTC_TIME);
    expect(counts[2]?.body.lastRecalledAt).toBeNull();
  });

  it('does not count as recalled when another memory of the reply is unknown', async () => {
    const user = store.user('memory-recall-unknown');
    await user.post('/memories', memory({ memoryId: 'boat' }));
    expect(refusalOf(await user.post('/recalls', { memoryIds: ['boat', 'ship'] }))).toBe(
      '404 memory.not-found',
    );
    expect((await user.get<Memory>('/memories/boat')).body.recallCount).toBe(0);
  });

  it('that does not exist answers 404 to a change', async () => {
    const user = store.user('memory-unknown');
    await user.post('/memories', memory());
    expect(refusalOf(await user.patch('/memories/nothing', { importance: 1 }))).toBe('404 memory.not-found');
    expect(refusalOf(await user.delete('/memories/nothing'))).toBe('404 memory.not-found');
  });
});
