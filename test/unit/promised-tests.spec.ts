import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
/** A test as the tables of promises name it: `keys.spec`, `test/e2e/keys.spec.ts`. */
const NAMED = /`([\w./-]+\.spec)(?:\.ts)?`/g;

const specs = globSync('{src,test}/**/*.spec.ts', { cwd: ROOT }).map((path) => path.replace(/\.ts$/, ''));
const isThere = (path: string) => specs.some((spec) => spec === path || spec.endsWith(`/${path}`));

describe('the documents about privacy', () => {
  it.each(['security', 'erasure', 'unsay'])('name tests that there are: %s.md', (name) => {
    const text = readFileSync(join(ROOT, `docs/${name}.md`), 'utf8');
    const named = [...new Set([...text.matchAll(NAMED)].map(([, path = '']) => path))];
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !isThere(path))).toEqual([]);
  });
});
