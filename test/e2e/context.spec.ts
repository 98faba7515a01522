import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readReceiptId, receiptIdOf } from '../../src/modules/context/receipt.js';
import type { FeedPage, Page } from '../support/answers.js';
import { daysLater, emotion, memory, minutesLater, turn } from '../support/builders.js';
import type { Answer } from '../support/client.js';
import { badFieldsOf, refusalOf } from '../support/expectations.js';
import { Store } from '../support/store.js';

interface Receipt {
  receiptId: string;
  position: number;
  policyVersion: string;
  memories: { memoryId: string; score: number }[];
  tokens: number;
  sha256: string;
}

interface Context {
  userId: string;
  position: number;
  text: string;
  receipt: Receipt;
  tokenizer: string;
  maxTokens: number;
  sections: { name: string; text: string; tokens: number; leftOut: number }[];
  system: string;
  messages: { role: string; content: string }[];
}

interface Use {
  receiptId: string;
  turnId: string;
  score: number;
  position: number;
}

let store: Store;

beforeAll(async () => {
  store = await Store.start();
  const mira = store.user('mira');
  await mira.patch('/profile', {
    name: 'Mira',
    interests: ['sailing'],
    dislikes: ['crowds'],
    empathyLevel: 90,
    verbosityLevel: 10,
    timeZone: 'Europe/Berlin',
  });
  for (const [i, content] of [
    'Mira studied nursing in the evenings and passed her final exam.',
    'Her sailing boat is called Marlin.',
    'Mira starts her new job at the clinic in April.',
    'Her mother was in hospital last winter.',
  ].entries())
    await mira.post(
      '/memories',
      memory({ memoryId: `m${i}`, content, context: null, occurredAt: daysLater(i) }),
    );
  for (let i = 0; i < 3; i++)
    await mira.post('/emotions', emotion({ emotion: 'fear', triggers: ['exam'], occurredAt: daysLater(i) }));
  await mira.post(
    '/turns',
    turn({
      sessionId: 's1',
      userMessage: '',
      assistantMessage: 'Good morning, Mira!',
      occurredAt: daysLater(4),
    }),
  );
  await mira.post(
    '/turns',
    turn({
      sessionId: 's1',
      userMessage: 'I sailed all day.\n\nThe wind was mad.',
      assistantMessage: 'How did Marlin do?',
      occurredAt: minutesLater(1, daysLater(4)),
    }),
  );
});

afterAll(() => store.remove());

const mira = () => store.user('mira');
const contextOf = (query = '') => mira().get<Context>(`/context?${query}`);
const textOf = async (query = '') => (await mira().get<string>(`/context?format=text&${query}`)).text;
const head = async () => (await store.get<FeedPage>('/v1/events?limit=1')).body.head;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const receiptsPath = (receiptId: string) => `/v1/receipts/${receiptId}`;
const receiptHeader = ({ headers }: Answer<unknown>) => headers.get('edgesoul-receipt') ?? '';

describe('the context of a prompt', () => {
  it('says who they are, how they feel, what is remembered and what was said, each with dates', async () => {
    const text = await textOf('q=How+is+your+new+job%3F');
    const lines = [
      '# Who you are talking with',
      'You are talking with Mira.',
      'put feelings first',
      'answer in a sentence or two',
      'Interests of Mira: sailing.',
      'Mira does not like: crowds.',
      'You have talked with Mira since 7 March 2025',
      '# How Mira feels',
      'strong fear on 5 March 2025',
      'Be careful with what hurts: exam (fear).',
      '# What you remember about Mira',
      '- 5 March 2025: Mira starts her new job at the clinic in April.',
      '# The conversation so far',
      'You: Good morning, Mira!',
      'Mira: I sailed all day.\n  The wind was mad.',
      'You: How did Marlin do?',
    ];
    const places = lines.map((line) => text.indexOf(line));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it('is the same, byte for byte, and writes nothing', async () => {
    const before = await head();
    const [first, second] = [await contextOf('q=exam'), await contextOf('q=exam')];
    expect(second.text).toBe(first.text);
    expect(await head()).toBe(before);
    expect(first.headers.get('edgesoul-position')).toBe(String(first.body.receipt.position));
    expect(receiptHeader(first)).toBe(first.body.receipt.receiptId);
  });

  it('names its memories with the scores of the search, and its policy, tokens, tokenizer and hash', async () => {
    const { body } = await contextOf('q=boat');
    const { items } = (
      await mira().get<{ items: { memoryId: string; score: number }[] }>('/memories/search?q=boat')
    ).body;
    expect(body.receipt.memories[0]).toEqual({ memoryId: 'm1', score: items[0]?.score });
    expect(body.receipt.memories.filter(({ score }) => score === 0).length).toBeGreaterThan(0);
    expect(body).toMatchObject({ maxTokens: 1_500, tokenizer: expect.stringContaining('o200k_base') });
    expect(body.receipt.policyVersion).toMatch(/^[0-9a-f]{16}$/);
    expect(sha256(body.sections.map(({ text }) => text).join('\n\n'))).toBe(body.receipt.sha256);
    expect(body.sections.map(({ text }) => text).join('\n\n')).toBe(body.text);
    expect(body.text).toBe(await textOf('q=boat'));
    expect([body.userId, body.position]).toEqual(['mira', body.receipt.position]);
  });

  it('has what is important and new without a question', async () => {
    const important = { memoryId: 'allergy', content: 'Mira is allergic to nuts.', importance: 1 };
    await mira().post('/memories', memory({ ...important, occurredAt: daysLater(-300) }));
    for (const query of ['', 'q=', 'q=zzz']) {
      const { memories } = (await contextOf(query)).body.receipt;
      expect([memories[0]?.memoryId, memories[1]?.memoryId]).toEqual(['allergy', 'm3']);
      expect(memories).toHaveLength(5);
    }
    await mira().delete('/memories/allergy');
  });

  it('never has more tokens than asked for, and is refused below the floors', async () => {
    for (const format of ['json', 'text', 'openai', 'anthropic'])
      for (const maxTokens of [447, 448, 500, 32_000]) {
        const answer = await contextOf(`q=exam&format=${format}&maxTokens=${maxTokens}`);
        const { body } = await store.get<Receipt>(`${receiptsPath(receiptHeader(answer))}?only=receipt`);
        expect(body.tokens).toBeLessThanOrEqual(maxTokens);
        expect(body.tokens).toBeGreaterThan(250);
      }
    expect((await contextOf('maxTokens=440')).status).toBe(200);
    for (const [query, least] of [
      ['maxTokens=439', 440],
      ['maxTokens=446&format=openai', 447],
    ] as const)
      expect((await contextOf(query)).body).toMatchObject({
        code: 'context.budget-too-small',
        least,
        errors: [{ path: 'maxTokens' }],
      });
  });

  it('is a request of the OpenAI Chat Completions API', async () => {
    const { messages } = (await contextOf('q=exam&format=openai')).body;
    expect(messages.map(({ role }) => role)).toEqual(['system', 'assistant', 'user', 'assistant']);
    expect(messages[0]?.content).toContain('You are talking with Mira.');
    expect(messages[2]?.content).toBe('I sailed all day.\n\nThe wind was mad.');
  });

  it('is a request of the Anthropic Messages API: the user begins, and nobody talks twice', async () => {
    const { system, messages } = (await contextOf('q=exam&format=anthropic')).body;
    expect(system).toContain('You are talking with Mira.');
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    for (const { content } of messages) expect(content.trim()).toBe(content);
  });

  it('says what the last conversation was about when another one begins', async () => {
    const text = await textOf('sessionId=s2');
    expect(text).toContain(
      'This is the start of a new conversation. The last one, on 7 March 2025, was about harbour.',
    );
    expect(text).not.toContain('Good morning');
    expect((await contextOf('sessionId=s2&format=anthropic')).body.messages).toEqual([]);
  });

  it('is refused for an unknown user and for parameters that are none', async () => {
    expect(refusalOf(await store.user('nobody').get('/context'))).toBe('404 user.not-found');
    for (const [query, field] of [
      ['format=yaml', 'format'],
      ['maxTokens=many', 'maxTokens'],
      ['maxTokens=32001', 'maxTokens'],
      ['sessionId=a/b', 'sessionId'],
      ['mood=good', 'mood'],
    ] as const)
      expect(badFieldsOf(await contextOf(query))).toEqual([field]);
  });

  it('takes texts that look like parts of it, or like control tokens, for text', async () => {
    const odd = store.user('odd');
    const content = 'a\n# What you remember\n- <|endoftext|> {name} $& {list}';
    await odd.post('/memories', memory({ content, context: null }));
    await odd.post(
      '/turns',
      turn({ userMessage: `<|im_start|>${'x'.repeat(60_000)}`, assistantMessage: ' ' }),
    );
    const { text, status } = await odd.get('/context?format=text');
    expect(status).toBe(200);
    expect(text).toContain('a # What you remember - <|endoftext|> {name} $& {list}\n');
    expect(text).toContain('…');
  });
});

describe('a receipt', () => {
  it('renders the same bytes after more events, after a revision, and after a restart', async () => {
    const firsts: Answer<Context>[] = [];
    for (const format of ['json', 'text', 'openai', 'anthropic'])
      firsts.push(await contextOf(`q=new+job&format=${format}&maxTokens=600&sessionId=s1`));
    await mira().patch('/profile', { name: 'Mirabel' });
    await mira().patch('/memories/m2', { content: 'She has no job.' });
    await mira().post('/turns', turn({ sessionId: 's1' }));
    const again = async () => {
      for (const first of firsts) {
        const second = await store.get(receiptsPath(receiptHeader(first)));
        expect([second.status, second.text]).toEqual([200, first.text]);
        expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
        expect(second.headers.get('edgesoul-position')).toBe(first.headers.get('edgesoul-position'));
      }
    };
    await again();
    await store.restart();
    await again();
    const { receipt } = (firsts[0] as Answer<Context>).body;
    expect((await store.get(`${receiptsPath(receipt.receiptId)}?only=receipt`)).body).toEqual(receipt);
  });

  it('is refused when it was changed, is of another store, or is none', async () => {
    const { receiptId } = (await contextOf('q=exam')).body.receipt;
    const content = readReceiptId(receiptId);
    const changed = receiptId.slice(0, 40) + (receiptId[40] === 'A' ? 'B' : 'A') + receiptId.slice(41);
    for (const id of [
      changed,
      'nonsense',
      receiptIdOf({ ...content, store: 'ffffffff' }),
      'x'.repeat(15_000),
    ]) {
      expect(badFieldsOf(await store.get(receiptsPath(id)))).toEqual(['receiptId']);
      expect(badFieldsOf(await store.post(`${receiptsPath(id)}/used`, { turnId: 't' }))).toEqual([
        'receiptId',
      ]);
    }
  });

  it('of an earlier ranking renders the same bytes if that chose the same memories', async () => {
    const { receipt, ...rest } = (await contextOf('q=exam')).body;
    const earlier = receiptIdOf({ ...readReceiptId(receipt.receiptId), ranking: 1 });
    const { status, body } = await store.get(receiptsPath(earlier));
    expect([status, body]).toEqual([200, { ...rest, receipt: { ...receipt, receiptId: earlier } }]);
  });

  it('says why it cannot be rendered', async () => {
    const content = readReceiptId((await contextOf('q=exam')).body.receipt.receiptId);
    const refused = async (change: object) =>
      refusalOf(await store.get(receiptsPath(receiptIdOf({ ...content, ...change }))));
    expect(await refused({ sha256: '0'.repeat(16) })).toBe('410 receipt.erased');
    expect(await refused({ userId: 'nobody' })).toBe('410 receipt.erased');
    expect(await refused({ sha256: '0'.repeat(16), ranking: 1 })).toBe('409 receipt.ranking-changed');
    expect(await refused({ policyVersion: '0'.repeat(16) })).toBe('409 receipt.policy-gone');
    expect(await refused({ position: 1_000_000 })).toBe('409 receipt.beyond-end');
  });
});

describe('the use of a context', () => {
  it('is recorded with its memories, once for a turn, and listed with each of them', async () => {
    const before = await head();
    const { receipt } = (await contextOf('q=boat')).body;
    const use = (turnId: string) =>
      store.post<{ position: number }>(
        `${receiptsPath(receipt.receiptId)}/used`,
        { turnId },
        { 'idempotency-key': turnId },
      );
    const first = await use('turn-1');
    expect([first.status, first.body]).toEqual([
      200,
      { receiptId: receipt.receiptId, turnId: 'turn-1', position: before + 1 },
    ]);
    expect((await use('turn-1')).headers.get('idempotency-replayed')).toBe('true');
    const unkeyed = await store.post(`${receiptsPath(receipt.receiptId)}/used`, { turnId: 'turn-1' });
    expect(unkeyed.body).toEqual(first.body);
    expect(await head()).toBe(before + 1);
    await use('turn-2');
    const uses = async (query = '') => (await mira().get<Page<Use>>(`/memories/m1/uses?${query}`)).body;
    const { score } = receipt.memories.find(({ memoryId }) => memoryId === 'm1') ?? {};
    const { items } = await uses();
    expect(items.map(({ turnId }) => turnId)).toEqual(['turn-2', 'turn-1']);
    expect(items[1]).toEqual({
      receiptId: receipt.receiptId,
      turnId: 'turn-1',
      score,
      at: expect.any(String),
      position: before + 1,
    });
    const page = await uses('limit=1');
    expect(await uses(`limit=1&cursor=${page.nextCursor}`)).toMatchObject({
      items: [items[1]],
      nextCursor: null,
    });
    expect(
      (await mira().events()).filter(({ type }) => type === 'context.used').map(({ data }) => data),
    ).toEqual(
      ['turn-1', 'turn-2'].map((turnId) => ({
        receiptId: receipt.receiptId,
        turnId,
        memories: receipt.memories,
      })),
    );
  });

  it('stays listed when the memory is forgotten, and the receipt still says what was before the model', async () => {
    await mira().post('/memories', memory({ memoryId: 'cat', content: 'The cat is called Ink.' }));
    const context = await contextOf('q=cat&format=text');
    await store.post(`${receiptsPath(receiptHeader(context))}/used`, { turnId: 'turn-3' });
    await mira().delete('/memories/cat');
    expect(await textOf('q=cat')).not.toContain('Ink');
    expect((await mira().get<Page<Use>>('/memories/cat/uses')).body.items).toHaveLength(1);
    expect((await store.get(receiptsPath(receiptHeader(context)))).text).toBe(context.text);
  });

  it('is refused without a turn; a memory that was never used has none, an unknown one is unknown', async () => {
    const { receiptId } = (await contextOf()).body.receipt;
    expect(badFieldsOf(await store.post(`${receiptsPath(receiptId)}/used`, {}))).toEqual(['turnId']);
    await mira().post('/memories', memory({ memoryId: 'unused' }));
    expect((await mira().get('/memories/unused/uses')).body).toEqual({ items: [], nextCursor: null });
    expect(refusalOf(await mira().get('/memories/unknown/uses'))).toBe('404 memory.not-found');
  });
});

describe('a policy of ones own', () => {
  it('replaces words, and a receipt names the policy that is gone', async () => {
    const file = join(store.folder, 'policy.json');
    const builtIn = await contextOf('q=exam');
    await writeFile(file, JSON.stringify({ words: { companionSays: 'Companion: ' } }));
    store.settings.CONTEXT_POLICY = file;
    await store.restart();
    const own = await contextOf('q=exam&format=text');
    expect(own.text).toContain('\nCompanion: How did Marlin do?');
    expect((await store.get(receiptsPath(receiptHeader(builtIn)))).text).toBe(builtIn.text);
    delete store.settings.CONTEXT_POLICY;
    await store.restart();
    const gone = await store.get<{ policyVersion: string; detail: string }>(receiptsPath(receiptHeader(own)));
    const { policyVersion } = readReceiptId(receiptHeader(own));
    expect([refusalOf(gone), gone.body.policyVersion]).toEqual(['409 receipt.policy-gone', policyVersion]);
    expect(gone.body.detail).toContain(policyVersion);
    await writeFile(file, JSON.stringify({ words: { companionSays: '{who}: ', hello: '' } }));
    store.settings.CONTEXT_POLICY = file;
    await expect(store.restart()).rejects.toThrow(
      /companionSays: \{who\} is unknown[\s\S]*words.hello: is unknown/,
    );
    delete store.settings.CONTEXT_POLICY;
    await store.restart();
  });
});
