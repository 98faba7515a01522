import { jest } from '@jest/globals';
import { Client } from 'pg';
import { MIGRATIONS } from '../../migrations/names.js';
import { startService, type ServiceProcess } from '../../src/cli/service-process.js';
import { openPool } from '../../src/database/postgresql/open-postgresql.js';
import type { Table } from '../../src/database/table.js';
import { PostgresqlEventLog } from '../../src/events/log/postgresql-event-log.js';
import { PostgresqlReads } from '../../src/projections/reads/postgresql-reads.js';
import { startPostgresql, type StartedPostgresql } from '../postgresql-server.mjs';
import { audit, NO_FAULTS, storedKeys } from '../support/audit.js';
import { Client as HttpClient, readLog } from '../support/client.js';
import type { SentCommand } from '../support/load.js';
import { startPatientClients } from '../support/patient-clients.js';
import { refoldedRows, storedRows } from '../support/refolded.js';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 1);
const PROCESSES = 3;

jest.setTimeout(180_000 + ROUNDS * 60_000);

let database: StartedPostgresql;
let services: ServiceProcess[];

const start = () => startService({ DATABASE_URL: database.url });
const urls = () => services.map(({ url }) => url);

beforeAll(async () => {
  // Waits for the disk, as in operation: what is acknowledged must survive a restart of the server.
  database = await startPostgresql({ durable: true });
  // All at once: one of them migrates, the others wait for it.
  services = await Promise.all(Array.from({ length: PROCESSES }, start));
});

afterAll(async () => {
  await Promise.all(services.map((service) => service.stop('SIGKILL')));
  await database.stop();
});

/** Kills one of the processes and starts another in its place. */
async function replace(index: number): Promise<void> {
  const [victim] = services.splice(index, 1);
  await victim?.stop('SIGKILL');
  services.push(await start());
}

describe('three services on one database, under load from 64 clients', () => {
  /** Every command sent: each client retried until its command was acknowledged. */
  const journal: SentCommand[] = [];

  it('let exactly one of them run the migrations', () => {
    const migrated = services.map(({ log }) => log.filter((line) => line.includes('"migrated"')).length);
    expect(migrated.toSorted((a, b) => a - b)).toEqual([0, 0, MIGRATIONS.length]);
  });

  it.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
    'lose and duplicate nothing when one is killed and the database restarts, round %i',
    async (round) => {
      // An open transaction of another client must neither hide nor delay an event.
      const otherClient = new Client({ connectionString: database.url });
      otherClient.on('error', () => undefined);
      await otherClient.connect();
      await otherClient.query(
        'begin isolation level repeatable read; select count(*) from events; create table held (x int)',
      );

      const clients = startPatientClients(urls, round);
      await clients.acknowledged(300);
      await replace(round % PROCESSES);
      await clients.acknowledged(600);
      await otherClient.query('rollback');
      await otherClient.end();
      await database.halt();
      await database.resume();
      await clients.acknowledged(1_000);
      await clients.stop();

      // The services that were not killed have survived the restart of the database.
      expect(
        services.map(({ child, log }) => [child.exitCode, log.filter((line) => !line.startsWith('{'))]),
      ).toEqual(services.map(() => [null, []]));
      expect(clients.unexpected).toEqual([]);
      expect(clients.notVisible).toEqual([]);
      const logs = await Promise.all(urls().map((url) => readLog(new HttpClient(() => url))));
      const [log = []] = logs;
      for (const same of logs) expect(same).toEqual(log);
      expect(log[0]?.position).toBe(1);
      journal.push(...clients.sent);
      expect(audit(log, journal)).toEqual(NO_FAULTS);
      expect(storedKeys(log).size).toBe(journal.length);
    },
  );

  it('leave the rows that a fold of the whole log produces', async () => {
    const pool = openPool(database.url, 4);
    try {
      const reads = new PostgresqlReads(pool);
      const rows = <Row extends object>(table: Table<Row>) =>
        reads.list(table, { filters: [], order: table.key, limit: 1_000_000 });
      expect(await storedRows({ rows })).toEqual(await refoldedRows(new PostgresqlEventLog(pool)));
    } finally {
      await pool.end();
    }
  });
});
