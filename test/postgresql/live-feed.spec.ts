import { jest } from '@jest/globals';
import { startService, type ServiceProcess } from '../../src/cli/service-process.js';
import { startPostgresql, type StartedPostgresql } from '../postgresql-server.mjs';
import { emotion } from '../support/builders.js';
import { Client, readLog, User } from '../support/client.js';
import { EventStream } from '../support/event-stream.js';
import { runSql } from '../support/postgresql-databases.js';

jest.setTimeout(90_000);

/** Far less than the interval of the heartbeats, with which a stream looks for itself. */
const PROMPT_MS = 2_000;
/** Enough for the listening connection to come back. */
const RETURN_MS = 6_000;

let database: StartedPostgresql;
let here: ServiceProcess;
let there: ServiceProcess;
let stream: EventStream;

beforeAll(async () => {
  database = await startPostgresql();
  [here, there] = (await Promise.all([1, 2].map(() => startService({ DATABASE_URL: database.url })))) as [
    ServiceProcess,
    ServiceProcess,
  ];
});

beforeEach(async () => {
  const { length } = await readLog(new Client(() => here.url));
  stream = await EventStream.open(`${here.url}/v1/events/stream?after=${length}`);
});

afterEach(() => stream.close());

afterAll(async () => {
  await Promise.all([here, there].map((service) => service.stop('SIGKILL')));
  await database.stop();
});

const ada = (service: ServiceProcess) => new User('ada', () => service.url);

async function seenSoon(service: ServiceProcess, ms = PROMPT_MS): Promise<void> {
  const { length } = stream.messages;
  expect((await ada(service).post('/emotions', emotion())).status).toBe(201);
  await stream.received(length + 1, ms);
}

/** Cuts the connection of each process that listens. */
async function cutListeners(): Promise<void> {
  const { rows } = await runSql(
    database.url,
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'edgesoul-store listening'`,
  );
  expect(rows).toHaveLength(2);
}

describe('a stream of one process', () => {
  it('shows at once what another process writes', async () => {
    await ada(there).post('/emotions', emotion());
    await stream.received(1, PROMPT_MS);
    for (let i = 0; i < 5; i++) await seenSoon(there);
    await seenSoon(here);
    const log = await readLog(new Client(() => there.url));
    expect(stream.events).toEqual(log.slice(-stream.messages.length));
  });

  it('misses nothing while its process cannot listen, and soon listens again', async () => {
    await cutListeners();
    await seenSoon(there, RETURN_MS);
    await seenSoon(there);
    const { positions } = stream;
    expect(positions).toEqual(positions.map((_, i) => (positions[0] ?? 0) + i));
  });

  it('outlives a restart of the database', async () => {
    await seenSoon(there);
    await database.halt();
    expect((await ada(there).post('/emotions', emotion())).status).toBe(503);
    await database.resume();
    await seenSoon(there, RETURN_MS);
    await seenSoon(there);
  });
});
