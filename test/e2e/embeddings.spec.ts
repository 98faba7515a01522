import { memory } from '../support/builders.js';
import { badFieldsOf, refusalOf } from '../support/expectations.js';
import { Store } from '../support/store.js';

interface Found {
  items: { memoryId: string; score: number; explain?: { text: number; meaning?: number } }[];
  complete: boolean;
  embedding?: { model: string; memories: number };
}

interface Written {
  memoryId: string;
  position: number;
  version: number;
}

interface Embedding {
  memoryId: string;
  embeddingModel: string;
  embedding: number[];
  position: number;
}

/** Vectors of eight numbers about work, water and night. */
const WORK = [1, 0.1, 0, 0.2, 0.1, 0, 0, 0];
const WATER = [0.1, 1, 0, 0.2, 0, 0.1, 0, 0];
const NIGHT = [0, 0.1, 1, 0.2, 0, 0, 0.1, 0];
const MODEL = 'test-encoder-8';
const as32 = (numbers: readonly number[]) => numbers.map((number) => Math.fround(number));

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

/** A user with three memories, each with an embedding. */
async function embedded(id: string) {
  const user = store.user(id);
  for (const [memoryId, content, embedding] of [
    ['cloud', 'AWS is the preferred provider for deployments.', WORK],
    ['boat', 'Her yacht is called Marlin.', WATER],
    ['dark', 'She reads with the lamp off.', NIGHT],
  ] as const)
    await user.post('/memories', {
      ...memory({ memoryId, content, context: null }),
      embedding,
      embeddingModel: MODEL,
    });
  return user;
}

const idsOf = ({ items }: Found) => items.map(({ memoryId }) => memoryId);

describe('a search with an embedding', () => {
  it('finds by meaning what shares no word, and says what meaning adds', async () => {
    const user = await embedded('mira');
    const q = 'sailing';
    expect((await user.get<Found>(`/memories/search?q=${q}`)).body.items).toEqual([]);
    const body = { q, embedding: WATER, embeddingModel: MODEL, explain: true };
    const { status, body: found } = await user.post<Found>('/memories/search', body);
    expect(status).toBe(200);
    expect(found).toMatchObject({ complete: true, embedding: { model: MODEL, memories: 3 } });
    expect(idsOf(found)[0]).toBe('boat');
    expect(found.items[0]?.explain).toMatchObject({ text: 0, meaning: expect.closeTo(0.5, 6) as number });
    const all = (await user.post<Found>('/memories/search', { ...body, embeddingWeight: 5 })).body;
    const meanings = Object.fromEntries(
      all.items.map(({ memoryId, explain }) => [memoryId, explain?.meaning]),
    );
    const cosines = { boat: 1, cloud: cosine(WATER, WORK), dark: cosine(WATER, NIGHT) };
    const mean = (cosines.boat + cosines.cloud + cosines.dark) / (3 + 10);
    for (const [memoryId, each] of Object.entries(cosines))
      expect(meanings[memoryId]).toBeCloseTo((5 * (each - mean)) / (1 - mean), 5);
  });

  it('adds to what the words say', async () => {
    const user = await embedded('words');
    const asked = { q: 'Which provider?', embeddingModel: MODEL };
    const found = async (more: object) =>
      idsOf((await user.post<Found>('/memories/search', { ...asked, ...more })).body);
    expect((await found({ embedding: WATER, embeddingWeight: 5 }))[0]).toBe('boat');
    expect((await found({ embedding: WATER, embeddingWeight: 0 }))[0]).toBe('cloud');
    expect((await found({ embedding: WORK }))[0]).toBe('cloud');
  });

  it('filters before it cuts, like any search', async () => {
    const user = await embedded('filters');
    await user.patch('/memories/dark', { type: 'emotional' });
    const asked = { q: 'sail', embedding: WATER, embeddingModel: MODEL, embeddingWeight: 5, limit: 1 };
    const found = await user.post<Found>('/memories/search', { ...asked, types: ['emotional'] });
    expect(idsOf(found.body)).toEqual(['dark']);
    expect(idsOf((await user.post<Found>('/memories/search', { ...asked, minConfidence: 1 })).body)).toEqual(
      [],
    );
  });

  it('without an embedding equals the search by URL', async () => {
    const user = await embedded('same');
    const byUrl = await user.get(
      '/memories/search?q=yacht+provider&explain=true&limit=2&types=fact,preference',
    );
    const byBody = await user.post('/memories/search', {
      q: 'yacht provider',
      explain: true,
      limit: 2,
      types: ['fact', 'preference'],
    });
    expect(byBody.body).toEqual(byUrl.body);
    expect(byBody.headers.get('edgesoul-position')).toBe(byUrl.headers.get('edgesoul-position'));
  });

  it('answers about the past as it did then', async () => {
    const user = await embedded('past');
    const asked = { q: 'lamp', embedding: WATER, embeddingModel: MODEL, explain: true };
    const before = await user.post('/memories/search', asked);
    const position = before.headers.get('edgesoul-position') as string;
    await user.put('/memories/boat/embedding', { embedding: WORK, embeddingModel: 'another' });
    await user.delete('/memories/dark');
    expect((await user.post('/memories/search', asked)).body).not.toEqual(before.body);
    const past = await user.post('/memories/search', { ...asked, asOf: position });
    expect(past.body).toEqual(before.body);
    expect(past.headers.get('edgesoul-position')).toBe(position);
    const embedding = await user.get<Embedding>(`/memories/boat/embedding?asOf=${position}`);
    expect(embedding.body).toMatchObject({ embeddingModel: MODEL, embedding: as32(WATER) });
  });

  it('compares only embeddings of its model, and names the others', async () => {
    const user = await embedded('models');
    const body = { q: 'sail', embedding: WATER, embeddingModel: 'other-model' };
    const refused = await user.post('/memories/search', body);
    expect(refusalOf(refused)).toBe('409 embedding.other-model');
    expect(refused.body).toMatchObject({ models: [{ model: MODEL, dimensions: 8, memories: 3 }] });
    const longer = await user.post('/memories/search', {
      ...body,
      embeddingModel: MODEL,
      embedding: [...WATER, 1],
    });
    expect(refusalOf(longer)).toBe('409 embedding.other-dimensions');
    // While memories are embedded again one after another, both models find theirs.
    const again = { embedding: WATER, embeddingModel: 'other-model' };
    expect((await user.put('/memories/boat/embedding', again)).status).toBe(200);
    const both = (await user.post<Found>('/memories/search', body)).body;
    expect([idsOf(both), both.embedding]).toEqual([['boat'], { model: 'other-model', memories: 1 }]);
    const first = (await user.post<Found>('/memories/search', { ...body, embeddingModel: MODEL })).body;
    expect(idsOf(first)).not.toContain('boat');
    expect(first.embedding).toEqual({ model: MODEL, memories: 2 });
  });

  it('asks a user without embeddings by words alone', async () => {
    const user = store.user('none');
    await user.post('/memories', memory({ memoryId: 'boat', content: 'Her boat.' }));
    const { body } = await user.post<Found>('/memories/search', {
      q: 'boat',
      embedding: WATER,
      embeddingModel: MODEL,
    });
    expect([idsOf(body), body.embedding]).toEqual([['boat'], { model: MODEL, memories: 0 }]);
  });

  it('writes nothing', async () => {
    const before = await store.get('/v1/ops/stats');
    await store.user('mira').post('/memories/search', { q: 'sail', embedding: WATER, embeddingModel: MODEL });
    const after = await store.get<{ events: number }>('/v1/ops/stats');
    expect(after.body.events).toBe((before.body as { events: number }).events);
  });
});

describe('the embedding of a memory', () => {
  it('is kept as float32s, and replaced by the next one', async () => {
    const user = await embedded('kept');
    const numbers = [0.1, -2.5e-3, 3, 1e30, -0, 7, 8, 9];
    const answer = await user.put<Written>('/memories/boat/embedding', {
      embedding: numbers,
      embeddingModel: 'second',
    });
    expect(answer).toMatchObject({ status: 200, body: { memoryId: 'boat', version: 1 } });
    const { body } = await user.get<Embedding>('/memories/boat/embedding');
    expect(body).toEqual({
      memoryId: 'boat',
      embeddingModel: 'second',
      embedding: as32(numbers).map((number) => number + 0),
      position: answer.body.position,
    });
  });

  it('is written once when it is sent again', async () => {
    const user = await embedded('again');
    const body = { embedding: WATER, embeddingModel: MODEL };
    const first = await user.get<Embedding>('/memories/boat/embedding');
    expect((await user.put<Written>('/memories/boat/embedding', body)).body.position).toBe(
      first.body.position,
    );
    expect((await user.patch<Written>('/memories/boat', body)).body.position).toBe(first.body.position);
  });

  it('goes when the text is corrected, unless a new one comes with it', async () => {
    const user = await embedded('corrected');
    await user.patch('/memories/boat', { importance: 0.9 });
    expect((await user.get('/memories/boat/embedding')).status).toBe(200);
    await user.patch('/memories/boat', { content: 'Her horse is called Marlin.' });
    expect(refusalOf(await user.get('/memories/boat/embedding'))).toBe('404 embedding.not-found');
    const corrected = { content: 'Her cat is called Marlin.', embedding: NIGHT, embeddingModel: MODEL };
    const { body } = await user.patch<Written>('/memories/boat', corrected);
    expect((await user.get<Embedding>('/memories/boat/embedding')).body).toMatchObject({
      embedding: as32(NIGHT),
      position: body.position,
    });
    // The version stays that of the memory: the next change may expect it.
    const { headers } = await user.get('/memories/boat');
    expect(headers.get('etag')).toBe(`"${body.version}"`);
    const next = await user.patch('/memories/boat', { importance: 0.1 }, { 'if-match': `"${body.version}"` });
    expect(next.status).toBe(200);
  });

  it('may expect the version of the memory that it is of', async () => {
    const user = await embedded('expects');
    await user.patch('/memories/boat', { content: 'Another text.' });
    const body = { embedding: WATER, embeddingModel: MODEL };
    const stale = await user.put('/memories/boat/embedding', body, { 'if-match': '"1"' });
    expect(refusalOf(stale)).toBe('412 stream.version-conflict');
    expect((await user.put('/memories/boat/embedding', body, { 'if-match': '"2"' })).status).toBe(200);
  });

  it('is forgotten with its memory', async () => {
    const user = await embedded('forgets');
    await user.delete('/memories/boat');
    expect(refusalOf(await user.get('/memories/boat/embedding'))).toBe('404 memory.not-found');
    const body = { q: 'sail', embedding: WATER, embeddingModel: MODEL };
    const found = (await user.post<Found>('/memories/search', body)).body;
    expect([idsOf(found).includes('boat'), found.embedding?.memories]).toEqual([false, 2]);
    await user.delete('/memories/cloud');
    await user.delete('/memories/dark');
    const none = (await user.post<Found>('/memories/search', { ...body, embeddingModel: 'new' })).body;
    expect(none.embedding).toEqual({ model: 'new', memories: 0 });
  });

  it('may have 4,096 numbers', async () => {
    const user = store.user('long');
    const embedding = Array.from({ length: 4_096 }, (_, i) => Math.sin(i) / 3);
    await user.post('/memories', { ...memory({ memoryId: 'm' }), embedding, embeddingModel: 'long' });
    expect((await user.get<Embedding>('/memories/m/embedding')).body.embedding).toEqual(as32(embedding));
    const body = { q: 'none', embedding, embeddingModel: 'long' };
    expect(idsOf((await user.post<Found>('/memories/search', body)).body)).toEqual(['m']);
  });

  it('comes with a batch, where a bad one harms no other', async () => {
    const command = { command: 'FormMemory', userId: 'batch', type: 'fact', content: 'A text.' };
    const { body } = await store.post<{ results: { status: number; problem?: { code: string } }[] }>(
      '/v1/commands',
      {
        commands: [
          { ...command, memoryId: 'a', embedding: WATER, embeddingModel: MODEL },
          { ...command, memoryId: 'b', embedding: [...WATER, 1], embeddingModel: MODEL },
          { ...command, memoryId: 'c', embedding: [...WATER.slice(1), 'x'], embeddingModel: MODEL },
          { ...command, memoryId: 'd' },
          {
            command: 'EmbedMemory',
            userId: 'batch',
            memoryId: 'd',
            embedding: NIGHT,
            embeddingModel: MODEL,
          },
          { command: 'EmbedMemory', userId: 'batch', memoryId: 'b', embedding: NIGHT, embeddingModel: MODEL },
        ],
      },
    );
    expect(body.results.map(({ status, problem }) => problem?.code ?? status)).toEqual([
      201,
      'embedding.other-dimensions',
      'request.invalid',
      201,
      200,
      'memory.not-found',
    ]);
  });

  it.each([
    ['too few numbers', { embedding: WATER.slice(1) }, ['embedding']],
    ['too many', { embedding: Array.from({ length: 4_097 }, () => 1) }, ['embedding']],
    ['null among them', { embedding: [...WATER.slice(1), null] }, ['embedding.7']],
    ['a text among them', { embedding: [...WATER.slice(1), '1'] }, ['embedding.7']],
    ['more than float32 holds', { embedding: [...WATER.slice(1), 1e39] }, ['embedding.7']],
    ['no list', { embedding: 'AAAA' }, ['embedding']],
    ['only zeros', { embedding: [0, -0, 0, 0, 0, 0, 0, 0] }, ['embedding']],
    ['only zeros as float32s', { embedding: WATER.map(() => 1e-60) }, ['embedding']],
    ['no model', { embeddingModel: undefined }, ['embeddingModel']],
    ['a blank model', { embeddingModel: ' ' }, ['embeddingModel']],
    ['too long a name', { embeddingModel: 'x'.repeat(129) }, ['embeddingModel']],
    ['a model alone', { embedding: undefined }, ['embedding']],
  ])('is refused with %s, wherever it is sent, and nothing is written', async (_name, bad, fields) => {
    const user = await embedded('bad');
    const given = { embedding: WATER, embeddingModel: MODEL, ...bad };
    const answers = [
      await user.post('/memories', { ...memory({ memoryId: 'new' }), ...given }),
      await user.patch('/memories/boat', { content: 'Another.', ...given }),
      await user.put('/memories/boat/embedding', given),
      await user.post('/memories/search', { q: 'sail', ...given }),
    ];
    for (const answer of answers) expect(badFieldsOf(answer)).toEqual(fields);
    expect((await user.get('/memories/new')).status).toBe(404);
    expect((await user.get('/memories/boat')).headers.get('etag')).toBe('"1"');
  });

  it('is refused as not a number in any spelling of JSON', async () => {
    const text = `{"embeddingModel":"m","embedding":[${'1e999,'.repeat(7)}NaN]}`;
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${store.url}/v1/users/bad/memories/boat/embedding`, {
      method: 'PUT',
      headers,
      body: text,
    });
    expect(answer.status).toBe(400);
    const infinite = text.replace('NaN', '1');
    const second = await fetch(`${store.url}/v1/users/bad/memories/boat/embedding`, {
      method: 'PUT',
      headers,
      body: infinite,
    });
    expect(second.status).toBe(400);
  });
});

function cosine(a: readonly number[], b: readonly number[]): number {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, each, i) => sum + each * (b[i] as number), 0);
}
