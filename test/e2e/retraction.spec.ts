import { setTimeout } from 'node:timers/promises';
import type { StoredEvent } from '../support/answers.js';
import { EventStream } from '../support/event-stream.js';
import { Store } from '../support/store.js';

/** Turns of the user whose retraction is interrupted: it takes a while to fold them again. */
const TURNS = 3_000;

interface Retracted {
  retractionId: string | null;
  position: number;
  retracted: string[];
  changes: Record<string, number>;
  rows?: { table: string; key: unknown[]; before: object | null; after: object | null }[];
  moreRows?: number;
}
type Marked = StoredEvent & { retracted?: { by: string; at: number } };

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

const TURN = {
  sessionId: 's1',
  userMessage: 'I love jazz. The lighthouse was dark.',
  assistantMessage: 'Was it?',
  emotion: { label: 'joy', intensity: 0.5 },
  learn: true,
};

/** The answers of everything that is known of a user, without the positions up to which they hold. */
async function known(userId: string, asOf?: number): Promise<unknown[]> {
  const user = store.user(userId);
  const at = asOf === undefined ? '' : `asOf=${asOf}`;
  const paths = [
    `/profile?${at}`,
    `/stats?${at}`,
    `/memories?${at}`,
    `/memories/search?q=lighthouse&minConfidence=0&${at}`,
    `/emotions?${at}`,
    `/conversation?${at}`,
    `/profile/learned?${at}`,
  ];
  const answers = await Promise.all(paths.map((path) => user.get<object>(path)));
  return answers.map(({ status, body }) => ({ status, body }));
}

/** Which of these words a text has. */
const words = (text: string) =>
  ['anchor', 'beacon', 'compass'].filter((word) => text.toLowerCase().includes(word));

/** A job once it has ended. */
async function ended(path: string): Promise<object> {
  for (;;) {
    const { body } = await store.get<{ state: string }>(path);
    if (body.state !== 'running') return body;
    await setTimeout(200);
  }
}

describe('what a person takes back', () => {
  it('changes what a dry run has shown, is gone everywhere and marked in the log, and comes back', async () => {
    const user = store.user('ada');
    const { body: turn } = await user.post<{ turnId: string; position: number }>('/turns', TURN);
    const memory = { type: 'fact', content: 'A lighthouse.', memoryId: 'm1', turnId: turn.turnId };
    await user.post('/memories', memory);
    const before = await known('ada');
    const asked = { turnIds: [turn.turnId], reason: 'not meant' };

    const dry = await user.post<Retracted>('/retractions', { ...asked, dryRun: true });
    expect(dry).toMatchObject({ status: 200, body: { retractionId: null, position: 6, moreRows: 0 } });
    expect(dry.body.retracted.length).toBe(4);
    const shown = dry.body.rows?.find(({ table }) => table === 'memories');
    expect(shown).toMatchObject({ key: ['ada', 'm1'], before: { content: 'A lighthouse.' }, after: null });
    expect(await known('ada')).toEqual(before);

    const expectedPosition = dry.body.position;
    const key = { 'Idempotency-Key': 'retraction' };
    const done = await user.post<Retracted>('/retractions', { ...asked, expectedPosition }, key);
    expect(done.status).toBe(201);
    const { retracted, changes } = dry.body;
    expect(done.body).toMatchObject({ position: 7, retracted, changes });
    const again = await user.post<Retracted>('/retractions', { ...asked, expectedPosition }, key);
    expect({ status: again.status, body: again.body }).toEqual({ status: 201, body: done.body });

    const [profile, stats, memories, found, emotions] = await known('ada');
    expect({ profile, stats, memories, found, emotions }).toMatchObject({
      profile: { body: { interests: [], totalMessages: 0 } },
      stats: { body: { turns: 0, emotions: 0 } },
      memories: { body: { items: [] } },
      found: { body: { items: [] } },
      emotions: { body: { items: [] } },
    });
    expect((await user.get('/memories/m1')).status).toBe(404);
    expect((await user.get('/memories/m1/history')).status).toBe(404);
    expect(await known('ada', 6)).toEqual(before);

    const by = { by: done.body.retractionId, at: 7 };
    const { body: page } = await user.get<{ items: Marked[] }>('/events');
    expect(page.items.map((event) => [event.type, event.retracted])).toEqual([
      ['user.registered', undefined],
      ['session.started', undefined],
      ['turn.recorded', by],
      ['emotion.observed', by],
      ['preference.learned', by],
      ['memory.formed', by],
      ['events.retracted', undefined],
    ]);
    const usage = '/v1/reports/usage?bucket=all';
    const turnsIn = async (asOf: number) =>
      (await store.get<{ items: { turns: number }[] }>(`${usage}&asOf=${asOf}`)).body.items[0]?.turns;
    expect([await turnsIn(6), (await turnsIn(7)) ?? 0]).toEqual([1, 0]);
    expect((await user.get('/retractions')).body).toMatchObject({
      items: [{ retractionId: by.by, position: 7, reason: 'not meant', events: 4, restoredAt: null }],
      nextCursor: null,
    });

    const undone = await user.delete<object>(`/retractions/${by.by}`);
    expect(undone).toMatchObject({ status: 200, body: { retractionId: by.by, restored: retracted } });
    const back = await known('ada');
    expect(back.slice(2)).toEqual(before.slice(2));
    expect((await user.get('/retractions')).body).toMatchObject({ items: [{ restoredAt: 8 }] });
    expect((await user.get('/retractions?asOf=7')).body).toMatchObject({ items: [{ restoredAt: null }] });
  });

  it('is what was said in a session in a time, a memory, or an event, in contexts and in every feed', async () => {
    const user = store.user('cyd');
    for (const [hour, word] of [
      [10, 'anchor'],
      [11, 'beacon'],
      [12, 'compass'],
    ] as const) {
      const said = { ...TURN, userMessage: `The ${word} was dark.`, occurredAt: `2026-03-02T${hour}:00:00Z` };
      const { body } = await user.post<{ turnId: string }>('/turns', said);
      const memory = { type: 'fact', content: `A ${word}.`, memoryId: word };
      await user.post('/memories', word === 'beacon' ? { ...memory, turnId: body.turnId } : memory);
    }
    const context = async (asOf = '') => (await user.get<string>(`/context?format=text${asOf}`)).text;
    const { head: before } = (await store.get<{ head: number }>('/v1/events?limit=1')).body;
    expect(words(await context())).toEqual(['anchor', 'beacon', 'compass']);

    const within = { sessionId: 's1', from: '2026-03-02T10:30:00Z', to: '2026-03-02T11:30:00Z' };
    const { status, body } = await user.post<Retracted>('/retractions', within);
    expect([status, body.retracted.length]).toEqual([201, 3]);
    expect(words(await context())).toEqual(['anchor', 'compass']);
    expect(words(await context(`&asOf=${before}`))).toEqual(['anchor', 'beacon', 'compass']);

    const marked = new Set(body.retracted);
    const by = { by: body.retractionId, at: body.position };
    const isMarked = (event: Marked) =>
      expect([event.type, event.retracted]).toEqual([event.type, marked.has(event.eventId) ? by : undefined]);
    const lines = (await user.get<string>('/events', { accept: 'application/x-ndjson' })).text;
    for (const line of lines.trimEnd().split('\n')) isMarked(JSON.parse(line) as Marked);
    const stream = await EventStream.open(`${store.url}/v1/events/stream?userId=cyd&after=0`);
    await stream.waitUntil(({ positions }) => (positions.at(-1) ?? 0) >= body.position);
    stream.close();
    for (const event of stream.events) isMarked(event as Marked);
    expect(stream.events.filter((event) => marked.has((event as Marked).eventId))).toHaveLength(3);

    await user.post('/retractions', { memoryIds: ['anchor'] });
    expect((await user.get('/memories/anchor')).status).toBe(404);
    const { items } = (
      await user.get<{ items: { eventId: string; emotion: string }[] }>('/emotions/observations')
    ).body;
    expect(items).toHaveLength(2);
    const one = await user.post<Retracted>('/retractions', { eventIds: [items[0]?.eventId] });
    expect(one.body.retracted).toEqual([items[0]?.eventId]);
    const left = (await user.get<{ items: object[] }>('/emotions/observations')).body.items;
    expect(left).toEqual(items.slice(1));
  });

  it('takes back of a time what a read of the same time shows, to the fraction of a millisecond', async () => {
    const user = store.user('dan');
    const occurredAt = '2026-03-02T11:00:00.000Z';
    await user.post('/emotions', { emotion: 'joy', intensity: 1, occurredAt });
    const to = '2026-03-02T12:00:00Z';
    const later = '2026-03-02T11:00:00.0005Z';
    const shown = await user.get<{ items: object[] }>(`/emotions/observations?from=${later}`);
    expect(shown.body.items).toEqual([]);
    expect((await user.post<Retracted>('/retractions', { from: later, to })).body.retractionId).toBeNull();
    expect((await user.post<Retracted>('/retractions', { from: occurredAt, to })).status).toBe(201);
  });

  it('is refused without, or with two kinds of, a selection, and of a time that ends before it begins', async () => {
    const user = store.user('ada');
    const refused = { status: 400, body: { code: 'request.invalid' } };
    expect(await user.post('/retractions', {})).toMatchObject(refused);
    expect(await user.post('/retractions', { turnIds: ['t'], sessionId: 's1' })).toMatchObject(refused);
    const time = { from: '2026-03-02T12:00:00Z', to: '2026-03-02T11:00:00Z' };
    const errors = [{ path: 'from', message: expect.stringContaining('must not be after to') }];
    for (const dryRun of [true, false]) {
      const answer = await user.post('/retractions', { ...time, dryRun: dryRun || undefined });
      expect(answer).toMatchObject({ ...refused, body: { errors } });
    }
    expect(await store.user('nobody').post('/retractions', { turnIds: ['t'] })).toMatchObject({
      status: 404,
      body: { code: 'user.not-found' },
    });
  });

  it('is there as a whole or not at all when the service is killed in the middle', async () => {
    const commands = Array.from({ length: TURNS }, (_, i) => ({
      command: 'RecordTurn',
      userId: 'bob',
      ...TURN,
      sessionId: `s${i % 50}`,
    }));
    for (let i = 0; i < TURNS; i += 1_000)
      await store.post('/v1/commands', { commands: commands.slice(i, i + 1_000) });
    for (const pause of [30, 250]) {
      const sending = store
        .user('bob')
        .post<Retracted>('/retractions', { sessionId: `s${pause % 50}` })
        .catch(() => undefined);
      await setTimeout(pause);
      await store.stop('SIGKILL');
      await sending;
      await store.restart();
      const { body } = await store.user('bob').get<{ items: { retractionId: string }[] }>('/retractions');
      const { body: session } = await store
        .user('bob')
        .get<{ turnCount?: number }>(`/sessions/s${pause % 50}`);
      const isThere = body.items.length > 0;
      expect(session.turnCount ?? 0).toBe(isThere ? 0 : TURNS / 50);
      for (const { retractionId } of body.items)
        await store.user('bob').delete(`/retractions/${retractionId}`);
    }
    const done = await store.user('bob').post<Retracted>('/retractions', { sessionId: 's1' });
    expect(done.status).toBe(201);
    const { body: started } = await store.post<{ verificationId: string }>('/v1/ops/verifications', {});
    expect(await ended(`/v1/ops/verifications/${started.verificationId}`)).toMatchObject({ ok: true });
  });
});
