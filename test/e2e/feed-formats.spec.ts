import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { StoredEvent } from '../support/answers.js';
import { ids, joyfulTurn, memory, turn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { duckDb } from '../support/duckdb.js';
import { badFieldsOf, refusalOf } from '../support/expectations.js';
import { Store } from '../support/store.js';
import { tamperWith } from '../support/tampered-store.js';

const PARQUET = 'application/vnd.apache.parquet';
const CODINGS = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync };
/** The columns that DuckDB compares with the pages: times as ms, the data as text. */
const READ = `select position::int as position, eventId, streamId, version::int as version, type, userId,
  epoch_ms(occurredAt)::varchar as occurredAt, epoch_ms(recordedAt)::varchar as recordedAt, utcOffset::int as utcOffset,
  commandId, correlationId, causationId, actor, data`;

let folder: string;
let store: Store;
let log: StoredEvent[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesoul-formats-'));
  store = await Store.start();
  const turns = ids('user', 60).map((userId) => ({
    command: 'RecordTurn',
    userId,
    ...joyfulTurn({ userMessage: '=1+1, "quoted"\nand more 😀', occurredAt: '2026-03-29T02:30:00+02:00' }),
  }));
  for (let i = 0; i < 4; i++) await store.post('/v1/commands', { commands: turns });
  await store.user('user-7').post('/memories', memory({ memoryId: 'boat' }));
  log = await readLog(store);
});

afterAll(async () => {
  await store.remove();
  await rm(folder, { recursive: true });
});

/** Sends a request and returns its answer with the body still unread. */
async function unread(path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const request = get(store.url + path, { agent: false, headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function download(path: string, headers: Record<string, string> = {}) {
  const response = await unread(path, headers);
  const bytes = await buffer(response);
  return { ...response, bytes, headers: response.headers, trailers: response.trailers };
}

/** The rows of an answer, as DuckDB reads them from a file. */
async function rowsOf(path: string, extension: 'csv' | 'parquet'): Promise<object[]> {
  const { bytes, headers } = await download(path, { 'accept-encoding': 'gzip' });
  const file = join(folder, `events.${extension}`);
  await writeFile(file, headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes);
  const from =
    extension === 'csv'
      ? `read_csv('${file}', header = true, delim = ',', quote = '"', escape = '"', types = {occurredAt: 'TIMESTAMPTZ', recordedAt: 'TIMESTAMPTZ', correlationId: 'VARCHAR'})`
      : `read_parquet('${file}')`;
  return duckDb(`${READ} from ${from} order by 1`);
}

const expectedRow = (event: StoredEvent) => {
  const { schemaVersion: _, occurredAt, recordedAt, data, ...envelope } = event;
  return {
    ...envelope,
    occurredAt: String(Date.parse(occurredAt)),
    recordedAt: String(Date.parse(recordedAt)),
    utcOffset: expect.any(Number),
    data: JSON.stringify(data),
  };
};

describe.each(['csv', 'parquet'] as const)('events as %s', (format) => {
  it('are the events of the pages, read back by DuckDB', async () => {
    const rows = await rowsOf(`/v1/events?format=${format}`, format);
    expect(log.length).toBeGreaterThan(600);
    expect(rows).toEqual(log.map(expectedRow));
    expect(rows.find(({ type }: { type?: string }) => type === 'turn.recorded')).toMatchObject({
      utcOffset: 120,
    });
  });

  it('take the filters of pages, of one user too, and a limit as a total', async () => {
    const boats = await rowsOf(`/v1/events?types=memory.formed&format=${format}`, format);
    expect(boats).toEqual(log.filter(({ type }) => type === 'memory.formed').map(expectedRow));
    const ofUser = log.filter(({ userId }) => userId === 'user-7');
    expect(await rowsOf(`/v1/users/user-7/events?format=${format}`, format)).toEqual(ofUser.map(expectedRow));
    const some = await rowsOf(`/v1/events?after=5&limit=300&format=${format}`, format);
    expect(some).toEqual(log.slice(5, 305).map(expectedRow));
  });

  it('have their columns when there are no events', async () => {
    const path = `/v1/events?after=${log.length}&format=${format}`;
    expect(await rowsOf(path, format)).toEqual([]);
  });

  it('end with the number of rows', async () => {
    const { trailers } = await download(`/v1/events?format=${format}`);
    expect(trailers).toEqual({ 'edgesoul-rows': String(log.length) });
  });
});

async function typeOf(path: string, accept?: string): Promise<string | null> {
  return (await store.get(path, accept === undefined ? {} : { accept })).headers.get('content-type');
}

describe('the format of events', () => {
  it('is chosen by format=, else by Accept', async () => {
    expect(await typeOf('/v1/events?limit=1')).toBe('application/json; charset=utf-8');
    expect(await typeOf('/v1/events?limit=1', 'text/csv')).toBe('text/csv; charset=utf-8; header=present');
    expect(await typeOf('/v1/events?limit=1', `${PARQUET}, */*;q=0.1`)).toBe(PARQUET);
    expect(await typeOf('/v1/events?limit=1&format=json', 'text/csv')).toBe(
      'application/json; charset=utf-8',
    );
    expect(await typeOf('/v1/events?limit=1&format=ndjson', 'text/html')).toBe('application/x-ndjson');
  });

  it('is refused when it is none of those that there are, which are named', async () => {
    const accepted = await store.get('/v1/events', { accept: 'text/html' });
    expect(refusalOf(accepted)).toBe('406 answer.not-acceptable');
    expect(accepted.body).toMatchObject({ detail: expect.stringContaining(PARQUET) });
    const named = await store.get<{ detail: string }>('/v1/users/user-1/events?format=xlsx');
    expect(badFieldsOf(named)).toEqual(['format']);
    expect(named.body.detail).toMatch(/json, ndjson, csv, parquet/);
  });
});

describe.each(Object.entries(CODINGS))('Accept-Encoding: %s', (coding, decode) => {
  it.each(['json', 'ndjson', 'csv'])('compresses %s, and says so', async (format) => {
    const path = `/v1/events?limit=5000&format=${format}`;
    const plain = await download(path);
    const coded = await download(path, { 'accept-encoding': coding });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(coded.headers['content-encoding']).toBe(coding);
    for (const { headers } of [plain, coded]) expect(headers.vary).toBe('Accept, Accept-Encoding');
    expect(decode(coded.bytes).equals(plain.bytes)).toBe(true);
    expect(coded.bytes.length).toBeLessThan(plain.bytes.length / 3);
  });

  it('leaves Parquet and server-sent events as they are', async () => {
    const { headers } = await download(`/v1/events?format=parquet`, { 'accept-encoding': coding });
    expect(headers['content-encoding']).toBeUndefined();
    const stream = await unread('/v1/events/stream', { 'accept-encoding': coding });
    expect(stream.headers['content-encoding']).toBeUndefined();
    stream.destroy();
  });
});

const incompressibleTurns = () =>
  Array.from({ length: 50 }, () => ({
    command: 'RecordTurn',
    userId: 'long',
    ...turn({ userMessage: randomBytes(30_000).toString('base64'), assistantMessage: '' }),
  }));

describe('copies for slow readers', () => {
  it('as Parquet are made as they are read, at most 8 at a time, beside everything else', async () => {
    for (let i = 0; i < 6; i++) await store.post('/v1/commands', { commands: incompressibleTurns() });
    const before = await store.residentBytes();
    const open = await Promise.all(ids('reader', 8).map(() => unread('/v1/events?format=parquet')));
    const ninth = await store.get('/v1/events?format=parquet');
    expect(refusalOf(ninth)).toBe('503 service.busy');
    expect(ninth.headers.get('retry-after')).toBe('1');
    expect((await store.get('/v1/events?format=csv&limit=5')).status).toBe(200);
    expect((await store.residentBytes()) - before).toBeLessThan(500 * 1024 * 1024);
    for (const answer of open.splice(1)) answer.destroy();
    // The places of clients that are gone are free again.
    let status = 503;
    while (status === 503) {
      ({ status } = await unread('/v1/events?format=parquet&limit=1').then(async (answer) => {
        await buffer(answer);
        return { status: answer.statusCode ?? 0 };
      }));
      await sleep(20);
    }
    expect(status).toBe(200);
    const file = join(folder, 'slow.parquet');
    await writeFile(file, await buffer(open[0] as IncomingMessage));
    const [counted] = await duckDb(
      `select count(*)::int as n, max(position)::int as last from read_parquet('${file}')`,
    );
    const { head } = (await store.get<{ head: number }>('/v1/events?limit=1')).body;
    expect(counted).toEqual({ n: head, last: head });
  });
});

describe('an undecodable event', () => {
  const BAD_POSITION = 700;

  beforeAll(async () => {
    await store.stop();
    await tamperWith(store, `update events set data = '{"wrong": true}' where position = ${BAD_POSITION}`);
    await store.restart();
  });

  it.each([
    ['csv', ''],
    ['csv', 'gzip'],
    ['ndjson', 'br'],
    ['ndjson', 'zstd'],
  ])('cuts off an answer as %s %s, without trailer and without end', async (format, coding) => {
    const response = await unread(`/v1/events?format=${format}`, { 'accept-encoding': coding });
    response.resume();
    await expect(once(response, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(response.trailers).toEqual({});
  });

  it('resets the connection of a client of HTTP/1.0, to which its end would look like that of the answer', async () => {
    const { port, hostname } = new URL(store.url);
    const socket = connect(Number(port), hostname);
    socket.write('GET /v1/events?format=csv HTTP/1.0\r\nhost: store\r\n\r\n');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await expect(once(socket, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(text).toMatch(/^HTTP\/1.1 200/);
    expect(text).not.toMatch(/transfer-encoding|trailer/i);
  });

  it.each(['csv', 'parquet'])('is answered with 500 as %s when nothing was sent before', async (format) => {
    // The first row group of Parquet is larger than what comes before.
    const after = format === 'parquet' ? 0 : BAD_POSITION - 1;
    const refused = await store.get(`/v1/events?after=${after}&format=${format}`);
    expect(refusalOf(refused)).toBe('500 event.undecodable');
  });
});
