import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { POLICY_1 } from '../../src/modules/context/policy/built-in-policy.js';
import { Store } from '../support/store.js';

const ROOT = join(import.meta.dirname, '../..');
/** A request of the page, and its answer: the whole text, or the part of the JSON that the page shows. */
const ASKED = /```http\nGET (\S+)\n```\n\n```(json|text)\n([\s\S]+?)\n```/g;

let store: Store;
let page: string;

beforeAll(async () => {
  store = await Store.start();
  page = await readFile(join(ROOT, 'docs/context.md'), 'utf8');
  const story = JSON.parse(await readFile(join(ROOT, 'examples/context/mira.json'), 'utf8')) as object;
  const { body } = await store.post<{ results: { status: number }[] }>('/v1/commands', story);
  if (!body.results.every(({ status }) => status < 300)) throw new Error(JSON.stringify(body));
});

afterAll(() => store.remove());

describe('docs/context.md', () => {
  it('shows what the service answers, to every request', async () => {
    const asked = [...page.matchAll(ASKED)];
    expect(asked).toHaveLength(3);
    for (const [, path = '', kind, shown = ''] of asked) {
      const answer = await store.get(path);
      expect([path, answer.status]).toEqual([path, 200]);
      const expected = kind === 'text' ? { body: shown } : { body: JSON.parse(shown) as object };
      expect(answer).toMatchObject(expected);
    }
  });

  it('has the floors and shares of the built-in policy', () => {
    for (const [name, { floor, share }] of Object.entries(POLICY_1.sections))
      expect(page).toContain(`| ${name} | ${floor} | ${share.toString().slice(1)} |`);
  });

  it('shows a policy that the service takes', async () => {
    const [, policy = ''] = /```json\n(\{\n {2}"sections"[\s\S]+?)\n```/.exec(page) ?? [];
    const file = join(store.folder, 'policy.json');
    await writeFile(file, policy);
    store.settings.CONTEXT_POLICY = file;
    await store.restart();
    const { text } = await store.get('/v1/users/mira/context?format=text&q=boat');
    expect(text).toContain('# Was du über Mira weißt');
    expect(text).toContain('scherze gern');
  });
});
