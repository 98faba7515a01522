import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from '../../src/database/postgresql/open-postgresql.js';
import { Doorbell } from '../../src/events/log/doorbell.js';
import { PostgresqlDoorbell } from '../../src/events/log/postgresql-doorbell.js';
import { PostgresqlEventLog } from '../../src/events/log/postgresql-event-log.js';
import { append, joy } from '../support/appends.js';
import { noFolds } from '../support/no-folds.js';
import { dropDatabase, migratedDatabase, runSql } from '../support/postgresql-databases.js';
import { writerOver } from '../support/test-database.js';

const NEVER = new AbortController().signal;
const TABLES = [
  'erasures',
  'retractions',
  'retracted_events',
  'events',
  'streams',
  'receipts',
  'checkpoints',
];

let url: string;
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  url = await migratedDatabase();
});

afterEach(async () => {
  for (const step of cleanups.splice(0).toReversed()) await step();
  await dropDatabase(url);
});

function doorbellOn(address: string): Doorbell {
  const doorbell = new Doorbell();
  const listener = new PostgresqlDoorbell(address, doorbell);
  cleanups.push(() => listener.close());
  return doorbell;
}

function writerOn(address: string) {
  const pool = openPool(address, 2, { pipeline: true });
  cleanups.push(() => pool.end());
  return writerOver(new PostgresqlEventLog(pool), noFolds);
}

describe('the doorbell on PostgreSQL', () => {
  it('rings with the head position for each commit of any process, and for events before it connected', async () => {
    const writer = writerOn(url);
    await writer.write(append([joy(), joy()]));
    const doorbell = doorbellOn(url);
    await doorbell.waitBeyond(0, 5_000, NEVER);
    expect(doorbell.position).toBe(2);
    await writer.write(append([joy(), joy(), joy()]));
    await doorbell.waitBeyond(2, 5_000, NEVER);
    expect(doorbell.position).toBe(5);
  });

  it('does not ring for a log in another schema', async () => {
    const copies = TABLES.map((table) => `create table other.${table} (like public.${table} including all);`);
    await runSql(url, `create schema other; ${copies.join(' ')}`);
    const otherUrl = `${url}?options=${encodeURIComponent('-c search_path=other')}`;
    const [doorbell, other] = [doorbellOn(url), doorbellOn(otherUrl)];
    const otherWriter = writerOn(otherUrl);
    await otherWriter.write(append([joy(), joy(), joy()]));
    await other.waitBeyond(2, 5_000, NEVER);
    await writerOn(url).write(append([joy()]));
    await doorbell.waitBeyond(0, 5_000, NEVER);
    await sleep(100);
    expect([doorbell.position, other.position]).toEqual([1, 3]);
  });

  it('can be closed while it listens, while it connects and while it cannot connect', async () => {
    const nowhere = Object.assign(new URL(url), { port: '1' }).href;
    // Connecting takes a few milliseconds; the delays cover every stage of it.
    const connecting = Array.from({ length: 60 }, (_, i) => [url, (i % 20) / 4] as const);
    for (const [address, ms] of [[url, 200] as const, ...connecting, [nowhere, 200] as const]) {
      const listener = new PostgresqlDoorbell(address, new Doorbell());
      await sleep(ms);
      await listener.close();
    }
    const remaining = await runSql(
      url,
      `select 1 from pg_stat_activity where application_name like '%listening' and datname = current_database()`,
    );
    expect(remaining.rows).toEqual([]);
  });
});
