import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Store } from '../support/store.js';

const ROOT = join(import.meta.dirname, '../..');
/** A request of the page, and the part of its answer that the page shows. */
const ASKED = /```http\nGET (\S+)\n```\n\n```json\n([\s\S]+?)\n```/g;

let store: Store;
let page: string;

beforeAll(async () => {
  store = await Store.start();
  page = await readFile(join(ROOT, 'docs/analysts.md'), 'utf8');
  for (const [, file = ''] of page.matchAll(/-d @(examples\/\S+\.json)/g)) {
    const { status, body } = await store.post<{ results: { status: number }[] }>(
      '/v1/commands',
      JSON.parse(await readFile(join(ROOT, file), 'utf8')) as object,
    );
    const refused = status === 200 ? body.results.filter((result) => result.status > 299) : [body];
    if (refused.length > 0) {
      throw new Error(`${file}: ${JSON.stringify(refused)}`);
    }
  }
});

afterAll(() => store.remove());

describe('docs/analysts.md', () => {
  it('shows what the service answers, to every request', async () => {
    const asked = [...page.matchAll(ASKED)].map(([, path = '', shown = '']) => ({ path, shown }));
    expect(asked).toHaveLength(11);
    for (const { path, shown } of asked) {
      const answer = await fetch(`${store.url}${path}`);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(await answer.json()).toMatchObject(JSON.parse(shown) as object);
    }
  });

  it('cites an answer with a link that gives the same bytes', async () => {
    const [, path = ''] = /GET (\/v1\/reports\/mood\S+)/.exec(page) ?? [];
    const first = await fetch(`${store.url}${path}`);
    const link = first.headers.get('content-location') ?? '';
    const second = await fetch(new URL(link, store.url));
    expect(await second.text()).toBe(await first.text());
    const etag = first.headers.get('etag') ?? '';
    const third = await fetch(new URL(link, store.url), { headers: { 'if-none-match': etag } });
    expect(third.status).toBe(304);
  });
});
