import type { Problem } from '../support/answers.js';
import { emotion } from '../support/builders.js';
import { refusalOf } from '../support/expectations.js';
import { RawConnection, type RawAnswer } from '../support/raw-connection.js';
import { Store } from '../support/store.js';

const MIB = 1024 * 1024;
const JSON_TYPE = 'Content-Type: application/json\r\n';

let store: Store;

beforeAll(async () => {
  store = await Store.start({ ALLOWED_ORIGINS: 'https://app.example.com' });
});

afterAll(() => store.remove());

/** Sends bytes and returns the first answer to them. */
async function answerTo(...sent: (string | Uint8Array)[]): Promise<RawAnswer> {
  const connection = await RawConnection.open(store.url);
  for (const data of sent) connection.write(data);
  const answer = await connection.firstAnswer();
  connection.close();
  return answer;
}

const get = (path: string, headers = 'Host: localhost\r\n') => `GET ${path} HTTP/1.1\r\n${headers}\r\n`;
const post = (headers: string, body = '') =>
  `POST /v1/users/edge/emotions HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n${body}`;

const chunked = (size: number) => [`${size.toString(16)}\r\n`, Buffer.alloc(size, 'a'), '\r\n0\r\n\r\n'];

const from = (headers: Record<string, string>) => store.user('page').post('/emotions', emotion(), headers);

/** Expects a complete problem document; returns its status and code. */
function problemOf({ status, headers, body }: RawAnswer): string {
  expect(headers).toMatchObject({
    'content-type': 'application/problem+json; charset=utf-8',
    'x-correlation-id': expect.stringMatching(/\S/),
  });
  const problem = JSON.parse(body) as Problem;
  expect(problem).toEqual({
    type: `urn:edgesoul:problem:${problem.code}`,
    title: expect.stringMatching(/\w/),
    status,
    code: expect.stringMatching(/\w/),
    detail: expect.stringMatching(/\w/),
    ...(problem.errors && { errors: problem.errors }),
  });
  expect(body).not.toMatch(/secret|node_modules|\/src\/|dist\//);
  return `${status} ${problem.code}`;
}

describe('a request that is not what HTTP allows is answered with a problem document', () => {
  it.each([
    ['another protocol', 'EHLO secret\r\n\r\n', '400 request.malformed'],
    ['an unknown method', get('/health/live').replace('GET', 'STEAL'), '400 request.malformed'],
    [
      'a control byte in a header',
      get('/', 'Host: localhost\r\nX-A: a\u0001secret\r\n'),
      '400 request.malformed',
    ],
    [
      'headers too large',
      get('/', `Host: localhost\r\nX-A: ${'a'.repeat(20_000)}\r\n`),
      '431 headers.too-large',
    ],
    ['no Host', get('/health/live', ''), '400 request.malformed'],
    ['a negative length', post(`${JSON_TYPE}Content-Length: -1\r\n`), '400 request.malformed'],
    ['a bad chunk', post(`${JSON_TYPE}Transfer-Encoding: chunked\r\n`, 'zz\r\n'), '400 request.malformed'],
    [
      'two lengths',
      post(`${JSON_TYPE}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n`),
      '400 request.malformed',
    ],
    ['another expectation', post('Expect: secret\r\nContent-Length: 2\r\n'), '417 expectation.failed'],
    ['a tunnel', 'CONNECT other.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n', '404 route.not-found'],
    ['a path that cannot be decoded', get('/v1/users/%ZZ/profile?q=secret'), '400 request.malformed'],
    ['an unknown route', get('/nope?q=secret'), '404 route.not-found'],
    ['a method that the route does not have', get('/v1/commands'), '404 route.not-found'],
    ['OPTIONS', get('/v1/events').replace('GET', 'OPTIONS'), '404 route.not-found'],
    ['TRACE', get('/v1/events').replace('GET', 'TRACE'), '404 route.not-found'],
    [
      'a compressed body',
      post(`${JSON_TYPE}Content-Encoding: gzip\r\nContent-Length: 0\r\n`),
      '415 body.encoded',
    ],
    ['a body without a type', post('Content-Length: 2\r\n', '{}'), '415 body.not-json'],
    [
      'a body that is no JSON',
      post(`${JSON_TYPE}Content-Length: 9\r\n`, '{"secret"'),
      '400 request.malformed',
    ],
    ['another name', get('/', 'Host: evil.example\r\n'), '421 host.not-allowed'],
  ])('%s', async (_what, sent, expected) => {
    expect(problemOf(await answerTo(sent))).toBe(expected);
  });

  it('and never takes the place of the answer to the request before it', async () => {
    const body = JSON.stringify(emotion());
    const connection = await RawConnection.open(store.url);
    const answers = await connection
      .write(`${post(`${JSON_TYPE}Content-Length: ${body.length}\r\n`, body)}no HTTP\r\n\r\n`)
      .ended();
    expect(answers.map(({ status }) => status)).toEqual([201, 400]);
  });

  it('but not because the connection was idle for a while, of which clients are told', async () => {
    const { headers } = await answerTo(get('/health/live'));
    // Load balancers keep a connection for 60 s as a rule: they close it before the service does.
    expect(headers).toMatchObject({ connection: 'keep-alive', 'keep-alive': 'timeout=72' });
  });

  it('but an offer to change the protocol is passed over', async () => {
    const offer = 'Host: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n';
    expect((await answerTo(get('/health/live', offer))).status).toBe(200);
  });
});

describe('a client that sends all of its body before it reads', () => {
  it.each([
    ['too large', 3 * MIB, '/v1/users/edge/emotions', JSON_TYPE, '413 body.too-large'],
    ['too large for a batch', 17 * MIB, '/v1/commands', JSON_TYPE, '413 body.too-large'],
    ['of another type', 3 * MIB, '/v1/commands', 'Content-Type: text/plain\r\n', '415 body.not-json'],
    ['for no route', 3 * MIB, '/nope', JSON_TYPE, '413 body.too-large'],
  ])('sees the answer, and may go on: %s', async (...[, size, path, type, expected]) => {
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${type}`;
    for (const body of [
      [`${head}Content-Length: ${size}\r\n\r\n`, Buffer.alloc(size, 'a')],
      [`${head}Transfer-Encoding: chunked\r\n\r\n`, ...chunked(size)],
    ]) {
      const connection = (await RawConnection.open(store.url)).pause();
      for (const data of body) await connection.written(data);
      connection.resume();
      expect(problemOf(await connection.firstAnswer())).toBe(expected);
      const answers = await connection
        .write(get('/health/live', 'Host: localhost\r\nConnection: close\r\n'))
        .ended();
      expect(answers.map(({ status }) => status)).toEqual([Number(expected.slice(0, 3)), 200]);
    }
  });
});

describe('a browser page of another origin', () => {
  it('may change nothing', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }])
      expect(refusalOf(await from(headers))).toBe('403 request.cross-origin');
    expect(await store.user('page').events()).toEqual([]);
  });

  it('may change something when it is allowed, as pages of the service itself may', async () => {
    for (const origin of [store.url, 'https://app.example.com'])
      expect((await from({ origin })).status).toBe(201);
  });
});

describe('the page /docs', () => {
  it('runs only its own scripts, and is shown in no frame', async () => {
    for (const path of ['/docs', '/docs/swagger-ui-init.js', '/docs/swagger-ui-bundle.js']) {
      const { status, headers } = await store.get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';script-src 'self';/);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('has no script in its HTML, which that would stop', async () => {
    const { text } = await store.get<string>('/docs');
    expect(text.match(/<script(?![^>]*\ssrc=)/g)).toBeNull();
    expect(text.match(/\son\w+=/g)).toBeNull();
    const sources = [...text.matchAll(/<(?:script|link)[^>]*(?:src|href)="([^"]+)"/g)].map(
      ([, source]) => source,
    );
    for (const source of sources) expect(source).toMatch(/^\.\/docs\//);
  });
});

describe('every answer', () => {
  it.each(['/health/live', '/v1/events', '/metrics', '/nope', '/docs/json'])(
    'says that its type is to be taken as it is: %s',
    async (path) => {
      expect((await store.get(path)).headers.get('x-content-type-options')).toBe('nosniff');
    },
  );
});
