import { memory } from '../support/builders.js';
import type { User } from '../support/client.js';
import { badFieldsOf, refusalOf } from '../support/expectations.js';
import { Store } from '../support/store.js';

interface Formed {
  memoryId: string;
  position: number;
  version: number;
  duplicateOf?: string;
  confidence?: number;
}

interface Memory {
  memoryId: string;
  content: string;
  confidence: number;
  pinned: boolean;
  expiresAt: string | null;
  supersedes: string[];
  supersededBy: string | null;
  contradicts: string[];
  contradictions?: { memoryId: string; content: string; occurredAt: string }[];
}

interface Page {
  items: Memory[];
  nextCursor: string | null;
}

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

const ids = async (user: User, path: string): Promise<string[]> => {
  const { status, body } = await user.get<Page>(path);
  expect(status).toBe(200);
  return body.items.map(({ memoryId }) => memoryId);
};
const later = (ms: number) => new Date(Date.now() + ms).toISOString();
/** Waits until the time is past, and has an event recorded after it. */
async function passing(time: string): Promise<void> {
  const left = Date.parse(time) - Date.now();
  if (left >= 0) await new Promise((resolve) => setTimeout(resolve, left + 1));
  await store.user('somebody-else').post('/emotions', { emotion: 'joy', intensity: 0.5 });
}

describe('a memory that is formed again', () => {
  const said = { type: 'preference', content: 'Mira likes oat milk.', confidence: 0.8 };
  const again = { type: 'preference', content: 'mira really likes oat milk', confidence: 0.5 };

  it('confirms the first one, once per key, and its history says so', async () => {
    const user = store.user('again');
    const { body: first } = await user.post<Formed>('/memories', said);
    expect(first.duplicateOf).toBeUndefined();
    const headers = { 'idempotency-key': 'again' };
    const sent = { ...again, metadata: { from: 'chat' }, turnId: 't9', allowDuplicate: false };
    const second = await user.post<Formed>('/memories', sent, headers);
    expect([second.status, second.body]).toEqual([
      201,
      {
        memoryId: first.memoryId,
        duplicateOf: first.memoryId,
        confidence: 0.9,
        position: first.position + 1,
        version: 2,
      },
    ]);
    const replayed = await user.post<Formed>('/memories', sent, headers);
    expect(replayed.body).toEqual(second.body);

    const { body } = await user.get<Page>('/memories');
    expect(body.items).toMatchObject([{ memoryId: first.memoryId, confidence: 0.9, content: said.content }]);
    const history = await user.get<{ items: object[] }>(`/memories/${first.memoryId}/history`);
    expect(history.body.items[1]).toMatchObject({
      type: 'memory.confirmed',
      version: 2,
      actor: 'api',
      changes: { confidence: { from: 0.8, to: 0.9 } },
      said: { content: again.content, context: null, metadata: { from: 'chat' }, turnId: 't9' },
    });
    const past = await user.get<Page>(`/memories?asOf=${first.position}`);
    expect(past.body.items).toMatchObject([{ confidence: 0.8 }]);
  });

  it('is judged within a batch, too', async () => {
    const userId = 'batched';
    const command = { command: 'FormMemory', userId };
    const { body } = await store.post<{ results: { status: number; body: Formed }[] }>('/v1/commands', {
      commands: [
        { ...command, ...said },
        { ...command, ...again },
        { ...command, ...again, allowDuplicate: true },
      ],
    });
    const [first, second, third] = body.results.map((result) => result.body);
    expect(second?.duplicateOf).toBe(first?.memoryId);
    expect(third?.duplicateOf).toBeUndefined();
    expect(await ids(store.user(userId), '/memories')).toHaveLength(2);
  });
});

describe('a pinned memory', () => {
  it('comes first in every page of the list and in a context, not in a search', async () => {
    const user = store.user('pins');
    for (let i = 0; i < 6; i++)
      await user.post(
        '/memories',
        memory({
          memoryId: `m${i}`,
          content: `Note number ${i} about the harbour.`,
          occurredAt: `2025-01-0${i + 1}T00:00:00Z`,
          pinned: i === 1 || i === 3,
        }),
      );
    expect(await ids(user, '/memories')).toEqual(['m3', 'm1', 'm5', 'm4', 'm2', 'm0']);
    expect(await ids(user, '/memories?pinned=true')).toEqual(['m3', 'm1']);
    expect(await ids(user, '/memories?pinned=false&limit=2')).toEqual(['m5', 'm4']);
    expect(await ids(user, '/memories?to=2025-01-03T00:00:00Z')).toEqual(['m1', 'm0']);
    for (const limit of [1, 2, 3, 4]) {
      const seen: string[] = [];
      let cursor = '';
      do {
        const { body } = await user.get<Page>(`/memories?limit=${limit}${cursor && `&cursor=${cursor}`}`);
        seen.push(...body.items.map(({ memoryId }) => memoryId));
        cursor = body.nextCursor ?? '';
      } while (cursor !== '');
      expect(seen).toEqual(['m3', 'm1', 'm5', 'm4', 'm2', 'm0']);
    }
    const found = await ids(user, '/memories/search?q=Note+number+5');
    expect(found[0]).toBe('m5');
    const { body: context } = await user.get<{ receipt: { memories: { memoryId: string }[] } }>(
      '/context?q=Note+number+5&maxTokens=2000',
    );
    expect(context.receipt.memories.slice(0, 2).map(({ memoryId }) => memoryId)).toEqual(['m3', 'm1']);
  });

  it('is forgotten with others only when both runs say so', async () => {
    const user = store.user('pinned-stays');
    await user.post('/memories', memory({ memoryId: 'plain', content: 'One.' }));
    await user.post('/memories', memory({ memoryId: 'pinned', content: 'Two.', pinned: true }));
    const forget = (body: object) => user.post<{ memoryIds: string[] }>('/memories/forget', body);
    const ordinary = await forget({ maxImportance: 1 });
    expect(ordinary.body.memoryIds).toEqual(['plain']);
    const both = await forget({ maxImportance: 1, includePinned: true });
    expect(both.body.memoryIds).toEqual(['plain', 'pinned']);
    expect(refusalOf(await forget({ ids: ['plain', 'pinned'], dryRun: false }))).toBe('409 memory.pinned');
    const done = await forget({ ids: ['plain', 'pinned'], includePinned: true, dryRun: false });
    expect([done.status, await ids(user, '/memories')]).toEqual([200, []]);
  });
});

describe('a memory that expires', () => {
  it('is left out of all reads from the first event after its time on, and as of then only', async () => {
    const user = store.user('expiring');
    await user.post('/memories', memory({ memoryId: 'stays', content: 'The harbour is near.' }));
    const expiresAt = later(900);
    const { body: formed } = await user.post<Formed>(
      '/memories',
      memory({ memoryId: 'goes', content: 'She is at the harbour today.', expiresAt }),
    );
    const everywhere = async (asOf: number | '' = '', more = '') => {
      const at = asOf === '' ? '' : `asOf=${asOf}`;
      const stats = await user.get<{ memories: { total: number } }>(`/stats?${at}`);
      const context = await user.get(`/context?format=text&q=harbour&${at}`);
      return [
        await ids(user, `/memories?${at}${more}`),
        (await ids(user, `/memories/search?q=harbour&${at}${more}`)).toSorted(),
        (await user.get(`/memories/goes?${at}${more}`)).status,
        stats.body.memories.total,
        context.text.includes('today'),
      ];
    };
    const shown = [['goes', 'stays'], ['goes', 'stays'], 200, 2, true];
    const hidden = [['stays'], ['stays'], 404, 1, false];
    expect(await everywhere(formed.position)).toEqual(shown);
    await passing(expiresAt);
    expect(await everywhere()).toEqual(hidden);
    expect(await everywhere(formed.position)).toEqual(shown);
    expect(await everywhere(formed.position + 1)).toEqual(hidden);
    expect(await everywhere('', '&includeExpired=true')).toEqual([...shown.slice(0, 3), 1, false]);

    const history = await user.get<{ items: object[] }>('/memories/goes/history');
    expect(history.body.items).toHaveLength(1);
    const { body } = await user.post<{ memoryIds: string[] }>('/memories/forget', { expired: true });
    expect(body.memoryIds).toEqual(['goes']);
    await user.patch('/memories/goes', { expiresAt: null });
    expect(await everywhere()).toEqual(shown);
  });

  it.each(['POST', 'PATCH'])('is refused when it has expired already: %s', async (method) => {
    const user = store.user('expired-already');
    await user.post('/memories', memory({ memoryId: 'm' }));
    const expiresAt = '2020-01-01T00:00:00Z';
    const answer =
      method === 'POST'
        ? await user.post('/memories', memory({ content: 'Other.', expiresAt }))
        : await user.patch('/memories/m', { expiresAt });
    expect([answer.status, badFieldsOf(answer)]).toEqual([400, ['expiresAt']]);
  });
});

describe('linked memories', () => {
  it('that are superseded are found only when asked for', async () => {
    const user = store.user('moved');
    await user.post('/memories', memory({ memoryId: 'old', content: 'Mira lives in Hamburg.' }));
    await user.post(
      '/memories',
      memory({ memoryId: 'new', content: 'Mira lives in Leipzig now.', supersedes: ['old'] }),
    );
    const search = '/memories/search?q=Where+does+Mira+live';
    expect(await ids(user, search)).toEqual(['new']);
    expect((await ids(user, `${search}&includeSuperseded=true`)).toSorted()).toEqual(['new', 'old']);
    const { text } = await user.get('/context?q=&format=text&maxTokens=2000');
    expect(text).toContain('Leipzig');
    expect(text).not.toContain('Hamburg');
    const list = await user.get<Page>('/memories');
    expect(
      list.body.items.map(({ memoryId, supersedes, supersededBy }) => [memoryId, supersedes, supersededBy]),
    ).toEqual([
      ['new', ['old'], null],
      ['old', [], 'new'],
    ]);
    expect(refusalOf(await user.patch('/memories/old', { supersedes: ['new'] }))).toBe(
      '409 memory.link-refused',
    );
    await user.delete('/memories/new');
    expect(await ids(user, search)).toEqual(['old']);
  });

  it('that contradict each other are shown with what the other says', async () => {
    const user = store.user('torn');
    await user.post(
      '/memories',
      memory({
        memoryId: 'a',
        content: 'Mira likes tea.',
        context: null,
        occurredAt: '2025-01-01T12:00:00Z',
      }),
    );
    await user.post(
      '/memories',
      memory({
        memoryId: 'b',
        content: 'Tea makes Mira sick.',
        context: null,
        occurredAt: '2025-02-02T12:00:00Z',
      }),
    );
    await user.patch('/memories/b', { contradicts: ['a'], reason: 'she said both' });
    const { body } = await user.get<Page>('/memories/search?q=Mira+likes&limit=1');
    expect(body.items).toMatchObject([
      {
        memoryId: 'a',
        contradicts: ['b'],
        contradictions: [
          { memoryId: 'b', content: 'Tea makes Mira sick.', occurredAt: '2025-02-02T12:00:00.000Z' },
        ],
      },
    ]);
    const context = await user.get('/context?q=Does+she+like+tea&format=text&maxTokens=2000');
    expect(context.text).toMatch(
      /likes tea\. \(but on 2 February 2025: Tea makes Mira sick\.\)|sick\. \(but on 1 January 2025: Mira likes tea\.\)/,
    );
  });

  it('are refused to what does not exist, with its place', async () => {
    const user = store.user('lonely');
    const answer = await user.post('/memories', memory({ contradicts: ['none'] }));
    expect(refusalOf(answer)).toBe('404 memory.not-found');
    expect(answer.body).toMatchObject({ errors: [{ path: 'contradicts.0', message: 'none' }] });
  });
});
