import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync } from 'node:zlib';
import { refusalOf } from '../support/expectations.js';
import { Store } from '../support/store.js';

/** What a browser may receive before the first place is drawn, in bytes, headers included. */
const FIRST_VIEW_BYTES = 100_000;

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

/** The files that a file of the page loads at once. */
function loadedBy(path: string, text: string): string[] {
  const sources = path.endsWith('.html')
    ? text.matchAll(/(?:src|href)="([^"]+)"/g)
    : text.matchAll(/^(?:import|export) [^;]*?from '([^']+)';$|^import '([^']+)';$/gms);
  return [...sources].map(
    ([, source = '', bare = '']) => new URL(source || bare, `http://page${path}`).pathname,
  );
}

interface Received {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  text: string;
  /** Head and encoded body. */
  bytes: number;
}

/** Asks as a browser does: compressed, and without the `no-cache` that fetch adds to conditional requests. */
async function receive(path: string, headers: OutgoingHttpHeaders = {}): Promise<Received> {
  const asking = get(store.url + path, { headers: { 'accept-encoding': 'br', ...headers } });
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  const body = await buffer(answer);
  const head = answer.rawHeaders.join('\r\n').length;
  const isEncoded = body.length > 0 && answer.headers['content-encoding'] === 'br';
  const text = (isEncoded ? brotliDecompressSync(body) : body).toString();
  return { status: answer.statusCode, headers: answer.headers, text, bytes: head + body.length };
}

/** Follows the imports from the path; returns the bytes on the wire of each file. */
async function load(path: string, sizes = new Map<string, number>()): Promise<Map<string, number>> {
  if (sizes.has(path)) return sizes;
  const { status, text, bytes } = await receive(path);
  expect([path, status]).toEqual([path, 200]);
  sizes.set(path, bytes);
  const file = path === '/' ? '/index.html' : path;
  if (/\.(html|js)$/.test(file)) for (const each of loadedBy(file, text)) await load(each, sizes);
  return sizes;
}

describe('the files of the page', () => {
  it('load the first view with less than 100 KB', async () => {
    const sizes = await load('/');
    await load('/page/places/overview.js', sizes);
    expect(sizes.size).toBeGreaterThan(20);
    expect([...sizes.values()].reduce((a, b) => a + b, 0)).toBeLessThan(FIRST_VIEW_BYTES);
  });

  it('are asked for again, and not sent again when they have not changed', async () => {
    for (const path of ['/', '/page/main.js', '/page/styles/frame.css', '/page/uplot/uPlot.iife.min.js']) {
      const { status, headers } = await receive(path);
      expect([path, status, headers['cache-control']]).toEqual([path, 200, 'no-cache']);
      const again = await receive(path, { 'if-none-match': headers.etag });
      expect([path, again.status, again.text]).toEqual([path, 304, '']);
    }
  });

  it('run only scripts of the service, and never make code of text', async () => {
    for (const path of ['/', '/page/main.js', '/nothing']) {
      const { headers } = await store.get(path);
      const policy = headers.get('content-security-policy');
      expect(policy).toMatch(
        /^default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';/,
      );
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it.each([
    '/page/nothing.js',
    '/page/uplot/uPlot.cjs.js',
    '/page/..%2fpackage.json',
    '/page/%2e%2e/package.json',
    '/page/styles',
    '/page/.hidden',
  ])('are all there is: %s is refused', async (path) => {
    expect(refusalOf(await store.get(path))).toMatch(/^4\d\d (route\.not-found|request\.malformed)$/);
  });

  it('are read only', async () => {
    expect(refusalOf(await store.post('/page/main.js', {}))).toBe('404 route.not-found');
  });
});
