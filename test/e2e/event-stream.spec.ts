import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredEvent } from '../support/answers.js';
import { emotion, joyfulTurn, memory, turn } from '../support/builders.js';
import { readLog, type HeaderFields } from '../support/client.js';
import { EventStream } from '../support/event-stream.js';
import { badFieldsOf, refusalOf } from '../support/expectations.js';
import { startPatientClients } from '../support/patient-clients.js';
import { Store } from '../support/store.js';

/** Less than the 15 s between heartbeats, at which a stream reads the log anyway: the commit woke it. */
const PROMPT_MS = 10_000;
const MEGABYTE = 1024 * 1024;

let store: Store;
const streams: EventStream[] = [];

beforeAll(async () => {
  store = await Store.start();
});

afterEach(() => {
  for (const stream of streams.splice(0)) stream.close();
});

afterAll(() => store.remove());

async function follow(query = '', headers: HeaderFields = {}): Promise<EventStream> {
  const stream = await EventStream.open(`${store.url}/v1/events/stream${query}`, headers);
  streams.push(stream);
  return stream;
}

/** Retries until the service accepts one more stream. */
async function followWhenFree(): Promise<EventStream> {
  for (;;) {
    const stream = await follow().catch(() => undefined);
    if (stream) return stream;
    await sleep(10);
  }
}

async function followUnread(query = ''): Promise<EventStream> {
  const stream = await follow(query);
  stream.pause();
  return stream;
}

/** Reads `count` events; by then the service has sent the other streams all that they take. */
async function readBeside(after: number, count: number): Promise<void> {
  const reader = await follow(`?after=${after}`);
  await reader.waitForMessages(count);
  reader.close();
}

const isTyped = ({ type }: StoredEvent) => ['memory.formed', 'turn.recorded'].includes(type);
const isOfMira = ({ userId }: StoredEvent) => userId === 'mira';

const head = async () => (await readLog(store)).length;

describe('GET /v1/events/stream', () => {
  it('sends the stored events, then each new event, as /v1/events returns them', async () => {
    const user = store.user('ada');
    await user.post('/turns', joyfulTurn());
    const before = await readLog(store);
    const stream = await follow();
    await stream.waitForMessages(before.length);
    for (let i = 0; i < 5; i++) {
      const { length } = stream.messages;
      await user.post('/emotions', emotion());
      await stream.waitForMessages(length + 1, PROMPT_MS);
    }
    const log = await readLog(store);
    expect(stream.events).toEqual(log);
    expect(stream.messages.map(({ id, event }) => [Number(id), event])).toEqual(
      log.map(({ position, type }) => [position, type]),
    );
    expect(stream.retry).toBeGreaterThan(0);
    expect(stream.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(stream.headers['cache-control']).toBe('no-store');
  });

  it('starts after the given position; Last-Event-ID takes precedence', async () => {
    const log = await readLog(store);
    const last = log.at(-1)?.position ?? 0;
    const [fromPosition, resumed] = await Promise.all([
      follow(`?after=${last - 2}`),
      follow('?after=0', { 'last-event-id': String(last - 1) }),
    ]);
    await store.user('ada').post('/emotions', emotion());
    await Promise.all([fromPosition.waitForMessages(3), resumed.waitForMessages(2)]);
    expect(fromPosition.positions).toEqual([last - 1, last, last + 1]);
    expect(resumed.positions).toEqual([last, last + 1]);
  });

  it('refuses a position after the head, which would skip events, and says where the log ends', async () => {
    const now = await head();
    const { storeId } = (await store.get<{ storeId: string }>('/v1/ops/stats')).body;
    for (const [query, headers] of [
      [`?after=${now + 1}`, {}],
      ['?after=0', { 'last-event-id': String(now + 1) }],
    ] as const) {
      const refused = await store.get(`/v1/events/stream${query}`, headers);
      expect(refusalOf(refused)).toBe('409 feed.position-ahead');
      expect(refused.body).toMatchObject({ head: now, storeId });
    }
    const stream = await follow(`?after=${now}`);
    expect(stream.headers['edgesoul-store']).toBe(storeId);
    await store.user('ada').post('/emotions', emotion());
    await stream.waitForMessages(1);
    expect(stream.positions).toEqual([now + 1]);
  });

  it('starts at the head, wherever it is, with the highest position', async () => {
    const now = await head();
    const stream = await follow(`?after=${Number.MAX_SAFE_INTEGER}`);
    await store.user('ada').post('/emotions', emotion());
    await stream.waitForMessages(1);
    expect(stream.positions).toEqual([now + 1]);
  });

  it('sends only the requested types and user', async () => {
    const after = await head();
    const [typed, ofMira, both] = await Promise.all([
      follow(`?after=${after}&types=memory.formed,turn.recorded`),
      follow(`?after=${after}&userId=mira`),
      follow(`?after=${after}&userId=mira&types=memory.formed`),
    ]);
    for (const id of ['mira', 'noor']) {
      await store.user(id).post('/turns', joyfulTurn());
      await store.user(id).post('/memories', memory());
      await store.user(id).post('/emotions', emotion());
    }
    const log = await readLog(store, after);
    const eventsThat = (pick: (event: StoredEvent) => boolean) => log.filter(pick);
    const expected: [EventStream, StoredEvent[]][] = [
      [typed, eventsThat(isTyped)],
      [ofMira, eventsThat(isOfMira)],
      [both, eventsThat((event) => isOfMira(event) && event.type === 'memory.formed')],
    ];
    for (const [stream, events] of expected) {
      await stream.waitForMessages(events.length, PROMPT_MS);
      expect(stream.events).toEqual(events);
    }
  });

  it('sends every event once and in order, to steady and to reconnecting clients, while 64 clients write', async () => {
    const after = await head();
    const clients = startPatientClients(() => [store.url], 7);
    let last = Infinity;

    /** Follows until the last event, reconnecting after every `messagesPerStream` messages. */
    async function followReconnecting(messagesPerStream: number): Promise<number[]> {
      const seen: number[] = [];
      for (let position = after; position < last;) {
        const stream = await follow('', { 'last-event-id': String(position) });
        await stream.waitUntil(
          ({ messages, lastEventId }) =>
            messages.length >= messagesPerStream || Math.max(position, Number(lastEventId)) >= last,
        );
        stream.close();
        seen.push(...stream.positions);
        position = Math.max(position, Number(stream.lastEventId));
      }
      return seen;
    }

    const steady = await Promise.all([1, 2, 3].map(() => follow(`?after=${after}`)));
    const interrupted = [17, 50, 151].map(followReconnecting);
    await clients.acknowledged(600);
    await clients.stop();
    const log = (await readLog(store, after)).map(({ position }) => position);
    last = log.at(-1) ?? 0;
    expect(log.length).toBeGreaterThan(600);
    for (const seen of await Promise.all(interrupted)) expect(seen).toEqual(log);
    for (const stream of steady) {
      await stream.waitForMessages(log.length, PROMPT_MS);
      expect(stream.positions).toEqual(log);
    }
  });

  it('refuses invalid parameters and headers, and names them', async () => {
    const refused: [string, HeaderFields, string][] = [
      ['after=-1', {}, 'after'],
      ['after=1e30', {}, 'after'],
      ['limit=5', {}, 'limit'],
      ['types=memory.lost', {}, 'types.0'],
      ['userId=two%20words', {}, 'userId'],
      ['', { 'last-event-id': 'first' }, 'Last-Event-ID'],
      ['', { 'last-event-id': '-1' }, 'Last-Event-ID'],
      ['after=0', { 'last-event-id': '1.5' }, 'Last-Event-ID'],
      ['', { 'last-event-id': '99999999999999999999' }, 'Last-Event-ID'],
    ];
    for (const [query, headers, parameter] of refused) {
      const answer = await store.get(`/v1/events/stream?${query}`, headers);
      expect([query, badFieldsOf(answer)]).toEqual([query, [parameter]]);
    }
  });

  it('answers a HEAD request at once', async () => {
    const headRequest = request(`${store.url}/v1/events/stream`, { method: 'HEAD', agent: false }).end();
    const [response] = (await once(headRequest, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(200);
  });

  it('serves 256 streams at once and answers 503 to more until one closes', async () => {
    const after = await head();
    await Promise.all(Array.from({ length: 256 }, () => follow(`?after=${after}`)));
    const refused = await store.get(`/v1/events/stream`);
    expect(refusalOf(refused)).toBe('503 service.busy');
    expect(refused.headers.get('retry-after')).toBe('1');
    const posted = Date.now();
    await store.user('ada').post('/emotions', emotion());
    await Promise.all(streams.map((stream) => stream.waitForMessages(1)));
    expect(Date.now() - posted).toBeLessThan(PROMPT_MS);
    for (const closing of streams.splice(0, 6)) closing.close();
    // The service notices the closed connections with a delay, so their places are not free at once.
    await Promise.all(Array.from({ length: 6 }, followWhenFree));
  });
});

describe('clients that do not read', () => {
  const READERS = 12;

  it('do not fill the memory of the service, and miss nothing when they resume', async () => {
    const after = await head();
    const long = turn({ userMessage: 'x'.repeat(16_000), assistantMessage: 'y'.repeat(64_000) });
    const commands = Array.from({ length: 80 }, () => ({ command: 'RecordTurn', userId: 'long', ...long }));
    for (let i = 0; i < 6; i++) await store.post('/v1/commands', { commands });
    const log = await readLog(store, after);
    const bytes = Buffer.byteLength(JSON.stringify(log));
    expect(bytes).toBeGreaterThan(35 * MEGABYTE);

    const before = await store.residentBytes();
    const stuck = await Promise.all(Array.from({ length: READERS }, () => followUnread(`?after=${after}`)));
    await readBeside(after, log.length);
    const grown = (await store.residentBytes()) - before;
    // A quarter of what it would take to buffer all messages.
    expect(grown).toBeLessThan((READERS / 4) * bytes);
    expect(stuck.every(({ messages }) => messages.length < log.length)).toBe(true);

    await store.user('ada').post('/emotions', emotion());
    const [first, second] = stuck as [EventStream, EventStream];
    for (const stream of [first, second]) {
      stream.resume();
      await stream.waitForMessages(log.length + 1);
      expect(stream.positions).toEqual([...log.map(({ position }) => position), after + log.length + 1]);
    }
  });
});

describe('SIGTERM with open streams', () => {
  it('ends idle streams, cuts stuck ones, and stops the service at once with exit code 0', async () => {
    const idle = await Promise.all(
      Array.from({ length: 20 }, () => follow(`?after=${Number.MAX_SAFE_INTEGER}`)),
    );
    const stuck = await Promise.all(Array.from({ length: 5 }, () => followUnread()));
    await readBeside(0, await head());
    const started = Date.now();
    expect(await store.stop('SIGTERM')).toBe(0);
    expect(Date.now() - started).toBeLessThan(PROMPT_MS);
    expect(await Promise.all(idle.map(({ ended }) => ended))).toEqual(idle.map(() => 'end'));
    for (const stream of stuck) stream.resume();
    expect(await Promise.all(stuck.map(({ ended }) => ended))).toEqual(stuck.map(() => 'cut'));
  });
});
