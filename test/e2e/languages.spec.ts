import type { BatchAnswer, CommandAnswer, FeedPage, FoundMemory, List, Memory } from '../support/answers.js';
import { memory } from '../support/builders.js';
import { badFieldsOf } from '../support/expectations.js';
import { Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

const luna = () => store.user('luna');

async function remember(content: string, more: object = {}): Promise<CommandAnswer> {
  const { status, body } = await luna().post<CommandAnswer>('/memories', memory({ content, ...more }));
  expect(status).toBe(201);
  return body;
}

async function search(q: string, more = '') {
  const path = `/memories/search?q=${encodeURIComponent(q)}&explain=true${more}`;
  const { status, body } = await luna().get<List<FoundMemory>>(path);
  expect(status).toBe(200);
  return body.items;
}

/** The memories that are found, and the stems that were found in each. */
async function found(q: string, more = '') {
  const items = await search(q, more);
  return items.map(({ content, explain }) => [
    content,
    Object.entries(explain?.['terms'] as Record<string, { language: string }>).map(
      ([stem, { language }]) => `${language} ${stem}`,
    ),
  ]);
}

/** How often there is each. */
const counts = (languages: unknown[]) =>
  new Map(
    [...Map.groupBy(languages, (language) => language)].map(([language, { length }]) => [language, length]),
  );

describe('memories in several languages', () => {
  const MEMORIES = [
    ['Ich habe zwei Katzen und einen Hund', 'de', 'Wie heißt die Katze?', 'de katz'],
    ['Ma sœur habite à Lyon depuis dix ans', 'fr', 'Où habitaient ses sœurs ?', 'fr habit'],
    ['Mi hermana vive en Lima con sus hijos', 'es', '¿tengo hermanas?', 'es herman'],
    ['Она боится больших собак', 'ru', 'расскажи про собаку', 'ru собак'],
    ['My parents were married in the mountains', 'en', 'Which mountain?', 'en mountain'],
  ] as const;
  const written = new Map<string, CommandAnswer>();

  beforeAll(async () => {
    for (const [content] of MEMORIES) {
      written.set(content, await remember(content));
      for (let i = 0; i < 3; i++) await remember(`${i}`, { language: 'ja' });
    }
    await remember('Herr Schlüter ist mein Nachbar', { language: 'de-AT' });
  });

  it.each(MEMORIES)('are found by another form of a word: %s', async (content, language, q, stem) => {
    expect((await found(q))[0]).toEqual([content, expect.arrayContaining([stem])]);
    const { body } = await luna().get<Memory>(`/memories/${written.get(content)?.memoryId}`);
    expect(body.language).toBe(language);
  });

  it('are found in the spelling of their language', async () => {
    expect(await found('Schlueters')).toEqual([['Herr Schlüter ist mein Nachbar', ['de schlut']]]);
  });

  it('keep the language in the log, in the list and in what was true at a position', async () => {
    const { head } = (await store.get<FeedPage>('/v1/events?limit=1')).body;
    for (const [, , q] of MEMORIES) expect(await search(q, `&asOf=${head}`)).toEqual(await search(q));
    const { body } = await luna().get<List<Memory>>('/memories?limit=200');
    const { items } = (await store.get<FeedPage>('/v1/events?types=memory.formed&limit=1000')).body;
    const recorded = items.map(({ data }) => (data as { language?: string }).language);
    expect(counts(body.items.map(({ language }) => language))).toEqual(counts(recorded));
  });

  it('get the language that a correction says, and their history shows it', async () => {
    const content = 'De kat slaapt op de stoel';
    const { memoryId } = await remember(content, { language: 'ja' });
    const before = (await store.get<FeedPage>('/v1/events?limit=1')).body.head;
    expect(await found('stoelen')).toEqual([]);
    const revised = await luna().patch<CommandAnswer>(`/memories/${memoryId}`, { language: 'nl-BE' });
    expect(revised.status).toBe(200);
    expect(await found('stoelen')).toEqual([[content, ['nl stoel']]]);
    expect(await found('stoelen', `&asOf=${before}`)).toEqual([]);
    const history = await luna().get<List<{ changes: object }>>(`/memories/${memoryId}/history`);
    expect(history.body.items.at(-1)?.changes).toEqual({ language: { from: 'ja', to: 'nl-BE' } });
    await luna().patch(`/memories/${memoryId}`, { content: 'Die Katze schläft auf dem neuen Stuhl' });
    expect((await luna().get<Memory>(`/memories/${memoryId}`)).body.language).toBe('de');
  });

  it('are forgotten by words in any form', async () => {
    const { memoryId } = await remember('Sie sammelt Briefmarken', { language: 'de' });
    const { body } = await luna().post<{ memoryIds: string[] }>('/memories/forget', { q: 'Briefmarke' });
    expect(body.memoryIds).toEqual([memoryId]);
  });

  it('may be written in a batch', async () => {
    const commands = ['Ihr Bruder spielt Geige', 'Il suo fratello suona il violino'].map((content) => ({
      command: 'FormMemory',
      userId: 'batch',
      ...memory({ content }),
    }));
    expect((await store.post<BatchAnswer>('/v1/commands', { commands })).status).toBe(200);
    const { items } = (await store.user('batch').get<List<Memory>>('/memories')).body;
    expect(counts(items.map(({ language }) => language))).toEqual(counts(['de', 'it']));
  });
});

describe('a language', () => {
  it.each(['', 'german', 'DE', 'de_AT', 'de-at', 'x', null, 7, ['de'], 'de\n'])(
    'is refused: %j',
    async (language) => {
      expect(badFieldsOf(await luna().post('/memories', memory({ language })))).toEqual(['language']);
      expect(badFieldsOf(await luna().patch('/memories/any', { language }))).toEqual(['language']);
    },
  );
});
