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
const TABLES = ['events', 'streams', 'receipts', 'checkpoints'];

let url: string;
const undo: (() => unknown)[] = [];

beforeEach(async () => {
  url = await migratedDatabase();
});

afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
  await dropDatabase(url);
});

function listening(to: string): Doorbell {
  const doorbell = new Doorbell();
  const others = new PostgresqlDoorbell(to, doorbell);
  undo.push(() => others.close());
  return doorbell;
}

function writing(to: string) {
  const pool = openPool(to, 2, { pipeline: true });
  undo.push(() => pool.end());
  return writerOver(new PostgresqlEventLog(pool), noFolds);
}

describe('the doorbell on PostgreSQL', () => {
  it('rings for each commit of anyone, with where the log ends, and for what was there before', async () => {
    const writer = writing(url);
    await writer.write(append([joy(), joy()]));
    const doorbell = listening(url);
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
    const [doorbell, other] = [listening(url), listening(otherUrl)];
    const otherWriter = writing(otherUrl);
    await otherWriter.write(append([joy(), joy(), joy()]));
    await other.waitBeyond(2, 5_000, NEVER);
    await writing(url).write(append([joy()]));
    await doorbell.waitBeyond(0, 5_000, NEVER);
    await sleep(100);
    expect([doorbell.position, other.position]).toEqual([1, 3]);
  });

  it('closes while it listens, while it connects and while it cannot connect', async () => {
    const nowhere = Object.assign(new URL(url), { port: '1' }).href;
    // It connects within a few milliseconds, and may be anywhere in that.
    const connecting = Array.from({ length: 60 }, (_, i) => [url, (i % 20) / 4] as const);
    for (const [to, ms] of [[url, 200] as const, ...connecting, [nowhere, 200] as const]) {
      const others = new PostgresqlDoorbell(to, new Doorbell());
      await sleep(ms);
      await others.close();
    }
    const left = await runSql(
      url,
      `select 1 from pg_stat_activity where application_name like '%listening' and datname = current_database()`,
    );
    expect(left.rows).toEqual([]);
  });
});
