import { setTimeout as pause } from 'node:timers/promises';
import type { Problem } from '../support/answers.js';
import { emotion } from '../support/builders.js';
import { RawConnection } from '../support/raw-connection.js';
import { Store } from '../support/store.js';

const HOST = 'Host: localhost\r\n';
const COMMAND = `POST /v1/users/slow/emotions HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`;

/** What clients send before they fall silent. */
const UNFINISHED: [string, string][] = [
  ['nothing', ''],
  ['half of the headers', `GET /health/live HTTP/1.1\r\n${HOST}X-A: `],
  ['half of the body', `${COMMAND}Content-Length: 100\r\n\r\n{"emotion":`],
  ['half of a chunk', `${COMMAND}Transfer-Encoding: chunked\r\n\r\n40\r\n{"emotion":`],
];

describe('a request that does not arrive in time', () => {
  let store: Store;

  beforeAll(async () => {
    store = await Store.start({ HEADERS_TIMEOUT: '1', REQUEST_TIMEOUT: '1' });
  });

  afterAll(() => store.remove());

  it.each(UNFINISHED)('is answered with 408, and its connection closed: %s', async (_what, sent) => {
    const connection = await RawConnection.open(store.url);
    const [answer, ...others] = await connection.write(sent).ended();
    expect(others).toEqual([]);
    expect(answer).toMatchObject({
      status: 408,
      headers: { 'content-type': 'application/problem+json; charset=utf-8', connection: 'close' },
    });
    expect((JSON.parse(answer?.body ?? '') as Problem).code).toBe('request.timeout');
  });

  it('stores nothing, and other clients are served', async () => {
    const user = store.user('slow');
    expect(await user.events()).toEqual([]);
    expect((await user.post('/emotions', emotion())).status).toBe(201);
  });
});

describe('a stop', () => {
  let store: Store;

  beforeEach(async () => {
    store = await Store.start({ SHUTDOWN_TIMEOUT: '10' });
  });

  afterEach(() => store.remove());

  it('ends with 0 while clients are silent, sent half of a request, or do not read', async () => {
    const user = store.user('much');
    const context = 'x'.repeat(8_000);
    await store.post('/v1/commands', {
      commands: Array.from({ length: 1_000 }, () => ({
        command: 'FormMemory',
        userId: user.id,
        type: 'fact',
        content: context,
      })),
    });
    const unfinished = await Promise.all(
      UNFINISHED.map(async ([, sent]) => (await RawConnection.open(store.url)).write(sent)),
    );
    const readers = ['/v1/events?limit=5000', '/v1/events/stream?after=0'].map(async (path) =>
      (await RawConnection.open(store.url)).pause().write(`GET ${path} HTTP/1.1\r\n${HOST}\r\n`),
    );
    const answered = (await RawConnection.open(store.url)).write(`GET /health/live HTTP/1.1\r\n${HOST}\r\n`);
    await answered.firstAnswer();

    expect(await store.stop('SIGTERM')).toBe(0);
    for (const connection of [...unfinished, ...(await Promise.all(readers)), answered]) connection.close();
  });

  it('ends at once when another signal comes', async () => {
    const half = (await RawConnection.open(store.url)).write(`${COMMAND}Content-Length: 100\r\n\r\n{`);
    await store.get('/health/live');
    const ended = store.stop('SIGTERM');
    let code: number | null | undefined;
    do {
      void store.stop('SIGTERM');
      code = await Promise.race([ended, pause(50, undefined)]);
    } while (code === undefined);
    expect(code).toBe(143);
    expect(store.log.some((line) => line.includes('stopped at once by another signal'))).toBe(true);
    half.close();
  });
});
