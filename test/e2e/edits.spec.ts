import { Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

const TURN = {
  sessionId: 's1',
  userMessage: 'I love sailing.',
  assistantMessage: 'So do I.',
  emotion: { label: 'rage', intensity: 1 },
  learn: true,
  occurredAt: '2026-01-01T10:00:00-08:00',
};

interface Turn {
  turnId: string;
  eventId: string;
  position: number;
  version: number;
  userMessage: string;
  occurredAt: string;
  emotion: { label: string } | null;
  replaces: string | null;
  caused: { observations: string[]; preferences: string[]; memories: string[] };
}
interface Edited {
  eventId: string;
  version: number;
  position: number;
  replaces: string | null;
  retractionId: string | null;
  memoriesRetracted: string[];
}
interface Window {
  turns: { userMessage: string; emotion: { label: string } | null }[];
  turnCount: number;
  currentEmotion: string | null;
}

/** A user with a turn, and a memory that was formed from it. */
async function talked(id: string) {
  const user = store.user(id);
  const { body } = await user.post<{ turnId: string }>('/turns', TURN);
  await user.post('/memories', { type: 'fact', content: 'Sails.', memoryId: 'm1', turnId: body.turnId });
  const turn = async (query = '') => (await user.get<Turn>(`/turns/${body.turnId}${query}`)).body;
  const window = async () => (await user.get<Window>('/conversation')).body;
  return { user, path: `/turns/${body.turnId}`, turn, window };
}

describe('a single turn', () => {
  it('names what came from it', async () => {
    const { user, path, turn } = await talked('read');
    const { status, headers } = await user.get(path);
    const read = await turn();
    const { body } = await user.get<{ items: { eventId: string }[] }>('/emotions/observations');

    expect(status).toBe(200);
    expect(headers.get('etag')).toBe(`"${read.version}"`);
    expect(read).toMatchObject({
      userMessage: 'I love sailing.',
      emotion: { label: 'rage' },
      replaces: null,
    });
    expect(read.caused).toEqual({
      observations: body.items.map(({ eventId }) => eventId),
      preferences: [expect.any(String)],
      memories: ['m1'],
    });
  });

  it('is edited in one append, at its place in time, and what came from it goes', async () => {
    const { user, path, turn, window } = await talked('edited');
    const before = await turn();
    await user.post('/turns', { sessionId: 's1', userMessage: 'Later.', assistantMessage: '' });
    const said = { userMessage: 'I love rowing.', assistantMessage: 'Nice.', learn: true };
    const key = { 'idempotency-key': 'edit', 'if-match': `"${before.version}"` };
    const stale = await user.put(path, said, { 'if-match': '"99"' });
    const { status, body, headers } = await user.put<Edited>(path, said, key);
    const again = await user.put<Edited>(path, said, key);
    const after = await turn();

    expect([stale.status, status, headers.get('idempotency-replayed')]).toEqual([412, 200, null]);
    expect(body).toMatchObject({ replaces: before.eventId, memoriesRetracted: ['m1'] });
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([body, 'true']);
    expect(after).toMatchObject({ eventId: body.eventId, replaces: before.eventId, emotion: null });
    expect(after.occurredAt).toBe(before.occurredAt);
    expect(after.caused).toEqual({ observations: [], preferences: [expect.any(String)], memories: [] });
    expect((await window()).turns.map((each) => each.userMessage)).toEqual(['I love rowing.', 'Later.']);
    expect((await user.get<{ interests: string[] }>('/profile')).body.interests).toEqual(['rowing']);
    expect((await user.get('/memories/m1')).status).toBe(404);
    expect(await turn(`?asOf=${before.position}`)).toMatchObject({ eventId: before.eventId });
    // Both would count.
    const undo = await user.delete<{ code: string }>(`/retractions/${body.retractionId}`);
    expect([undo.status, undo.body.code]).toEqual([409, 'retraction.replaced']);
  });

  it('is gone once it is taken back, and the error names the retraction', async () => {
    const { user, path, window } = await talked('deleted');
    const { status, body } = await user.delete<Edited>(path);
    const gone = await user.get<{ code: string; retractionId: string }>(path);

    expect(status).toBe(201);
    expect([gone.status, gone.body.code]).toEqual([404, 'turn.not-found']);
    expect(gone.body.retractionId).toBe(body.retractionId);
    expect((await window()).turns).toEqual([]);
    const edit = await user.put(path, { userMessage: 'x', assistantMessage: '' });
    expect([edit.status, edit.body]).toMatchObject([404, gone.body]);
    expect((await user.delete(path)).status).toBe(200);
  });
});

describe('an observed emotion', () => {
  it('is corrected by its id or its position', async () => {
    const user = store.user('felt');
    const { body: felt } = await user.post<{ position: number }>('/emotions', {
      emotion: 'rage',
      intensity: 1,
    });
    const path = `/emotions/observations/${felt.position}`;
    const { status, body } = await user.patch<Edited>(path, { emotion: 'calm' });
    const same = await user.patch<Edited>(`/emotions/observations/${body.eventId}`, { emotion: 'Calm ' });
    const { body: left } = await user.get<{ items: { emotion: string }[] }>('/emotions');

    expect(status).toBe(200);
    expect(same.body).toMatchObject({ eventId: body.eventId, retractionId: null });
    expect(left.items.map(({ emotion }) => emotion)).toEqual(['calm']);
    const gone = await user.get<{ retractionId: string }>(path);
    expect([gone.status, gone.body.retractionId]).toEqual([404, body.retractionId]);
    const late = await user.patch(path, { emotion: 'joy' });
    // It names the observation by the id of its event, and the read by what was asked.
    const { detail: _, ...named } = gone.body as { detail?: string };
    expect([late.status, late.body]).toMatchObject([404, named]);
    expect((await user.get(`/emotions/observations/${body.eventId}`)).body).toMatchObject({
      emotion: 'calm',
      intensity: 1,
      replaces: body.replaces,
    });
    expect((await user.patch('/emotions/observations/999999999', { emotion: 'joy' })).status).toBe(404);
  });

  it('is corrected in its turn, too, from which nothing else goes', async () => {
    const { user, turn, window } = await talked('mood');
    const before = await turn();
    const [eventId] = before.caused.observations;
    const path = `/emotions/observations/${eventId}`;
    const moved = await user.patch(path, { occurredAt: '2026-01-02T00:00:00Z' });
    const { body } = await user.patch<Edited>(path, { emotion: 'calm', intensity: 0.5 });
    const after = await turn();

    expect(moved.status).toBe(400);
    expect(after).toMatchObject({ userMessage: TURN.userMessage, emotion: { label: 'calm' } });
    expect(after.caused).toEqual({ ...before.caused, observations: [body.eventId] });
    expect(await window()).toMatchObject({ turnCount: 1, currentEmotion: 'calm' });
  });

  it('is corrected in a batch, in the order of its commands', async () => {
    const { user, turn, window } = await talked('batch');
    const { turnId } = await turn();
    const words = { sessionId: 's1', assistantMessage: '', userId: 'batch' };
    const { body } = await store.post<{ results: { status: number }[] }>('/v1/commands', {
      commands: [
        { command: 'EditTurn', turnId, userMessage: 'First, again.', assistantMessage: '', userId: 'batch' },
        { command: 'RetractEvents', sessionId: 's1', userId: 'batch' },
        { command: 'RecordTurn', userMessage: 'Second.', ...words },
        { command: 'RetractEvents', turnIds: [turnId], dryRun: true, userId: 'batch' },
      ],
    });

    expect(body.results.map(({ status }) => status)).toEqual([200, 201, 201, 400]);
    expect((await window()).turns.map(({ userMessage }) => userMessage)).toEqual(['Second.']);
    expect((await user.get<{ items: object[] }>('/turns?sessionId=s1')).body.items).toHaveLength(1);
  });
});
