import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredEvent } from '../support/answers.js';
import { emotion, ids, joyfulTurn, memory, turn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { badFieldsOf, refusalOf } from '../support/expectations.js';
import { Store } from '../support/store.js';
import { tamperWith } from '../support/tampered-store.js';

const NDJSON = { accept: 'application/x-ndjson' };
const MEGABYTE = 1024 * 1024;
const READERS = 12;

let store: Store;
let log: StoredEvent[];

beforeAll(async () => {
  store = await Store.start();
  const turns = ids('user', 100).map((userId) => ({ command: 'RecordTurn', userId, ...joyfulTurn() }));
  for (let i = 0; i < 4; i++) await store.post('/v1/commands', { commands: turns });
  await store.user('user-7').post('/memories', memory({ memoryId: 'boat' }));
  log = await readLog(store);
});

afterAll(() => store.remove());

async function lines(path: string): Promise<StoredEvent[]> {
  const { status, text, headers } = await store.get(path, NDJSON);
  expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  expect(headers.get('vary')).toBe('Accept, Accept-Encoding');
  if (text === '') return [];
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as StoredEvent);
}

/** Sends a request and returns its answer with the body still unread. */
async function unread(path: string): Promise<IncomingMessage> {
  const request = get(store.url + path, { agent: false, headers: NDJSON });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** The number of lines in the process's log that report an undecodable event. */
const undecodableLines = () => store.log.filter((line) => line.includes('event.undecodable')).length;

describe('Accept: application/x-ndjson', () => {
  it('returns the whole log, one event a line, equal to the pages', async () => {
    expect(log.length).toBeGreaterThan(1_000);
    expect(await lines('/v1/events')).toEqual(log);
  });

  it('starts after a position and stops at a limit, which is a total', async () => {
    expect(await lines('/v1/events?after=500')).toEqual(log.slice(500));
    expect(await lines('/v1/events?after=500&limit=600')).toEqual(log.slice(500, 1_100));
    expect(await lines(`/v1/events?after=${log.length}`)).toEqual([]);
    expect(await lines(`/v1/events?after=${Number.MAX_SAFE_INTEGER}`)).toEqual([]);
  });

  it('filters as pages do', async () => {
    const boats = log.filter(({ type }) => type === 'memory.formed');
    expect(await lines('/v1/events?types=memory.formed')).toEqual(boats);
    expect(await lines('/v1/events?types=turn.recorded&userId=user-7')).toEqual(
      log.filter(({ type, userId }) => type === 'turn.recorded' && userId === 'user-7'),
    );
    expect(await lines('/v1/events?to=2000-01-01T00:00:00Z')).toEqual([]);
  });

  it('returns the events of one user in the same form', async () => {
    const ofUser = log.filter(({ userId }) => userId === 'user-7');
    expect(await lines('/v1/users/user-7/events')).toEqual(ofUser);
    expect(await lines('/v1/users/user-7/events?limit=3')).toEqual(ofUser.slice(0, 3));
  });

  it('refuses the parameters that pages refuse', async () => {
    expect(badFieldsOf(await store.get('/v1/events?after=-1', NDJSON))).toEqual(['after']);
  });

  it('does not buffer for a slow reader, and ends at the head as of the request', async () => {
    const long = turn({ userMessage: 'x'.repeat(16_000), assistantMessage: 'y'.repeat(64_000) });
    const commands = Array.from({ length: 80 }, () => ({ command: 'RecordTurn', userId: 'long', ...long }));
    for (let i = 0; i < 6; i++) await store.post('/v1/commands', { commands });
    const wholeLog = await readLog(store);
    const bytes = Buffer.byteLength(JSON.stringify(wholeLog));
    const before = await store.residentBytes();
    const answers = await Promise.all(Array.from({ length: READERS }, () => unread('/v1/events')));
    // By then the service has sent the other readers all that they take.
    expect(await lines('/v1/events')).toHaveLength(wholeLog.length);
    expect(bytes).toBeGreaterThan(35 * MEGABYTE);
    // Half of what it would take to buffer all answers.
    expect((await store.residentBytes()) - before).toBeLessThan((READERS / 2) * bytes);

    await store.user('late').post('/emotions', emotion());
    const read = (await textOf(answers[0] as IncomingMessage)).trimEnd().split('\n');
    expect(read.map((line) => (JSON.parse(line) as StoredEvent).position)).toEqual(
      wholeLog.map(({ position }) => position),
    );
    for (const answer of answers) answer.destroy();
  });

  it('is cut off, not ended, when the service stops, and does not delay the stop', async () => {
    const answer = await unread('/v1/events');
    const started = Date.now();
    expect(await store.stop('SIGTERM')).toBe(0);
    expect(Date.now() - started).toBeLessThan(10_000);
    await expect(textOf(answer)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await store.restart();
  });
});

describe('an undecodable event', () => {
  const BAD_POSITION = 700;

  beforeAll(async () => {
    await store.stop();
    await tamperWith(store, `update events set data = '{"wrong": true}' where position = ${BAD_POSITION}`);
    await store.restart();
  });

  it('cuts the answer off after the last event before it', async () => {
    const response = await unread('/v1/events');
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (text += chunk));
    await expect(once(response, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(text.split('\n')).toHaveLength(BAD_POSITION);
    expect(text.endsWith('\n')).toBe(true);
    // The log line may arrive after the cut.
    while (undecodableLines() === 0) await sleep(10);
    expect(undecodableLines()).toBe(1);
  });

  it('is answered with 500 when it would be the first event, and does not affect the events after it', async () => {
    expect(refusalOf(await store.get(`/v1/events?after=${BAD_POSITION - 1}`, NDJSON))).toBe(
      '500 event.undecodable',
    );
    expect(refusalOf(await store.get(`/v1/events/stream?after=${BAD_POSITION - 1}`))).toBe(
      '500 event.undecodable',
    );
    expect(await lines(`/v1/events?after=${BAD_POSITION}&limit=5`)).toEqual(
      log.slice(BAD_POSITION, BAD_POSITION + 5),
    );
  });
});
