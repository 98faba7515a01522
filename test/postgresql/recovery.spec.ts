import { startService, type ServiceProcess } from '../../src/cli/service-process.js';
import { startPostgresql, type StartedPostgresql } from '../postgresql-server.mjs';
import { joyfulTurn, turn } from '../support/builders.js';
import { Client, User } from '../support/client.js';
import { readExposition, valueOf } from '../support/exposition.js';

const UNAVAILABLE = { status: 503, body: { code: 'database.unavailable' } };

let database: StartedPostgresql;
let service: ServiceProcess;

beforeAll(async () => {
  database = await startPostgresql();
  service = await startService({ DATABASE_URL: database.url });
});

afterAll(async () => {
  await service.stop('SIGKILL');
  await database.stop();
});

const client = new Client(() => service.url);
const user = new User('ada', () => service.url);

/** Resolves with the line of the log once the service has written it. */
async function logged(msg: string): Promise<Record<string, unknown>> {
  for (;;) {
    const line = service.log.find((each) => each.includes(`"msg":"${msg}"`));
    if (line !== undefined) return JSON.parse(line) as Record<string, unknown>;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('a service whose database goes away', () => {
  it('answers 503 with Retry-After, reports why it is not ready, and recovers when the database is back', async () => {
    expect((await user.post('/turns', joyfulTurn(), { 'idempotency-key': 'first' })).status).toBe(201);
    await database.halt();

    const refused = await user.post('/turns', turn(), { 'idempotency-key': 'second' });
    expect(refused).toMatchObject(UNAVAILABLE);
    expect(refused.headers.get('retry-after')).toBe('1');
    for (const path of ['/profile', '/memories', '/memories/search?q=boat', '/conversation']) {
      expect(await user.get(path)).toMatchObject(UNAVAILABLE);
    }
    expect(await client.get('/v1/events')).toMatchObject(UNAVAILABLE);
    expect((await client.get('/health/live')).status).toBe(200);
    expect(await client.get('/health/ready')).toMatchObject({
      status: 503,
      body: {
        status: 'error',
        error: {
          database: { status: 'down', writable: false, why: expect.stringContaining('ECONNREFUSED') },
        },
      },
    });

    // The metrics must show the outage at once.
    const scraped = readExposition((await client.get<string>('/metrics')).text);
    expect(valueOf(scraped, 'edgesoul_ready')).toBe(0);
    expect(scraped.series.has('edgesoul_log_head_position')).toBe(false);
    // A value that a scrape had to leave out is counted as a failure in the next one.
    const next = readExposition((await client.get<string>('/metrics')).text);
    expect(valueOf(next, 'edgesoul_scrape_failures_total{metric="edgesoul_log_head_position"}')).toBe(1);
    const unavailable = 'edgesoul_commands_total{command="RecordTurn",outcome="unavailable"}';
    expect(valueOf(scraped, unavailable)).toBe(1);

    await database.resume();
    expect((await user.post('/turns', turn(), { 'idempotency-key': 'second' })).status).toBe(201);
    expect((await user.get('/conversation')).body).toMatchObject({ turnCount: 2 });
    expect((await client.get('/health/ready')).status).toBe(200);
    const back = readExposition((await client.get<string>('/metrics')).text);
    expect(valueOf(back, 'edgesoul_ready')).toBe(1);
    expect(valueOf(back, 'edgesoul_log_head_position')).toBeGreaterThan(0);
  });

  it('logs when the outage begins and when it is over, with the number of refusals', async () => {
    const outage = { context: 'store', code: 'database.unavailable' };
    expect(await logged('requests get 503')).toMatchObject(outage);
    const { failures } = await logged('requests no longer get 503');
    // The command, four reads of the user, the feed; probes and scrapes come on top of them.
    expect(failures).toBeGreaterThanOrEqual(6);
  });
});
