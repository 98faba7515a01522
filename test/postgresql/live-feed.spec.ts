import { startService, type ServiceProcess } from '../../src/cli/service-process.js';
import { startPostgresql, type StartedPostgresql } from '../postgresql-server.mjs';
import { emotion } from '../support/builders.js';
import { Client, readLog, User } from '../support/client.js';
import { EventStream } from '../support/event-stream.js';
import { runSql } from '../support/postgresql-databases.js';

/** Far less than the heartbeat interval, at which a stream also reads the log by itself. */
const PROMPT_MS = 2_000;
/** Enough for the listening connection to be opened again. */
const RECONNECT_MS = 6_000;

let database: StartedPostgresql;
let streaming: ServiceProcess;
let other: ServiceProcess;
let stream: EventStream;

beforeAll(async () => {
  database = await startPostgresql();
  [streaming, other] = (await Promise.all(
    [1, 2].map(() => startService({ DATABASE_URL: database.url })),
  )) as [ServiceProcess, ServiceProcess];
});

beforeEach(async () => {
  const { length } = await readLog(new Client(() => streaming.url));
  stream = await EventStream.open(`${streaming.url}/v1/events/stream?after=${length}`);
});

afterEach(() => stream.close());

afterAll(async () => {
  await Promise.all([streaming, other].map((service) => service.stop('SIGKILL')));
  await database.stop();
});

const ada = (service: ServiceProcess) => new User('ada', () => service.url);

async function writeAndReceive(service: ServiceProcess, ms = PROMPT_MS): Promise<void> {
  const { length } = stream.messages;
  expect((await ada(service).post('/emotions', emotion())).status).toBe(201);
  await stream.waitForMessages(length + 1, ms);
}

/** Cuts the listening connection of each process. */
async function cutListeners(): Promise<void> {
  const { rows } = await runSql(
    database.url,
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'edgesoul-store listening'`,
  );
  expect(rows).toHaveLength(2);
}

describe('a stream of one process', () => {
  it('promptly sends the events that another process writes', async () => {
    await ada(other).post('/emotions', emotion());
    await stream.waitForMessages(1, PROMPT_MS);
    for (let i = 0; i < 5; i++) await writeAndReceive(other);
    await writeAndReceive(streaming);
    const log = await readLog(new Client(() => other.url));
    expect(stream.events).toEqual(log.slice(-stream.messages.length));
  });

  it('misses nothing while its listening connection is down, and is soon prompt again', async () => {
    await cutListeners();
    await writeAndReceive(other, RECONNECT_MS);
    await writeAndReceive(other);
    const { positions } = stream;
    expect(positions).toEqual(positions.map((_, i) => (positions[0] ?? 0) + i));
  });

  it('survives a restart of the database', async () => {
    await writeAndReceive(other);
    await database.halt();
    expect((await ada(other).post('/emotions', emotion())).status).toBe(503);
    await database.resume();
    await writeAndReceive(other, RECONNECT_MS);
    await writeAndReceive(other);
  });
});

/** Writes at one process, and reads the write at the other. */
async function readsWhatIsWritten(writing: ServiceProcess, reading: ServiceProcess, name: string) {
  const { body } = await ada(writing).patch<{ position: number }>('/profile', { name });
  const read = await ada(reading).get<{ name: string }>(`/profile?minPosition=${body.position}`);
  expect([read.status, read.body.name]).toEqual([200, name]);
  return body.position;
}

describe('a read with minPosition', () => {
  it('has what another process wrote, in both directions, and waits for what it is about to write', async () => {
    for (const [writing, reading] of [
      [streaming, other],
      [other, streaming],
    ] as const) {
      let head = 0;
      for (let i = 0; i < 10; i++)
        head = await readsWhatIsWritten(writing, reading, `${reading.url} reads ${i}`);
      const soon = ada(reading).get<{ name: string }>(`/profile?minPosition=${head + 1}`);
      await ada(writing).patch('/profile', { name: `written at ${writing.url}` });
      expect((await soon).body.name).toBe(`written at ${writing.url}`);
    }
  });

  it('needs no listening connection, and gives up in time', async () => {
    await cutListeners();
    const head = await readsWhatIsWritten(other, streaming, 'no doorbell');
    const start = performance.now();
    const late = await ada(streaming).get<{ code: string; head: number }>(`/profile?minPosition=${head + 1}`);
    const ms = performance.now() - start;
    expect([late.status, late.body]).toEqual([
      503,
      expect.objectContaining({ code: 'read.position-not-reached', head }),
    ]);
    expect(ms).toBeGreaterThanOrEqual(2_900);
    expect(ms).toBeLessThan(10_000);
  });
});
