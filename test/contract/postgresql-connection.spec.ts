import type pg from 'pg';
import { openPool } from '../../src/database/postgresql/open-postgresql.js';
import { PostgresqlEventLog } from '../../src/events/log/postgresql-event-log.js';
import { PostgresqlStoreReader } from '../../src/projections/folding/postgresql-store-reader.js';
import { PostgresqlReads } from '../../src/projections/reads/postgresql-reads.js';
import { acquireRebuildLock } from '../../src/store/postgresql/rebuild-lock.js';
import { append, joy, positionsOf, refusal } from '../support/appends.js';
import { liveFolds } from '../support/folds.js';
import { dropDatabase, migratedDatabase, runSql } from '../support/postgresql-databases.js';
import { writerOver } from '../support/test-database.js';

const UNAVAILABLE = { status: 503, code: 'database.unavailable' };

/** Makes the server cut every connection of the service. */
const CUT = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name = 'edgesoul-store'`;

describe('PostgreSQL: a connection that breaks', () => {
  let url: string;
  let pool: pg.Pool;
  let log: PostgresqlEventLog;

  beforeEach(async () => {
    url = await migratedDatabase();
    pool = openPool(url, 2, { pipeline: true });
    log = new PostgresqlEventLog(pool);
  });

  afterEach(async () => {
    await pool.end();
    await dropDatabase(url);
  });

  /** Cuts all connections while they are idle, and waits until the client in use has noticed. */
  async function cutConnections(client: pg.ClientBase): Promise<void> {
    const noticed = new Promise((resolve) => client.once('error', resolve));
    await runSql(url, CUT);
    await noticed;
  }

  it('makes the rest of its transaction fail with 503, and the next transaction succeeds', async () => {
    const connected = new Promise<pg.PoolClient>((resolve) => pool.once('connect', resolve));
    const error = await refusal(
      log.transaction(async (transaction) => {
        await cutConnections(await connected);
        await transaction.read({ after: 0, limit: 1 });
      }),
    );
    expect(error).toMatchObject(UNAVAILABLE);
    expect(error.message).not.toMatch(/is unavailable.*is unavailable/);
    expect(positionsOf(await writerOver(log, liveFolds()).write(append([joy()])))).toEqual([1]);
  });

  it('makes the rest of its snapshot fail with 503, and the next snapshot succeeds', async () => {
    const reader = new PostgresqlStoreReader(url);
    try {
      const interrupted = reader.snapshot(async () => {
        await reader.head();
        await cutConnections((reader as unknown as { snapshotClient: pg.PoolClient }).snapshotClient);
        await reader.head();
      });
      expect(await refusal(interrupted)).toMatchObject(UNAVAILABLE);
      expect(await reader.snapshot(() => reader.head())).toMatchObject({ position: 0 });
    } finally {
      await reader.close();
    }
  });

  describe('and cannot be opened again', () => {
    let role: string;
    let address: string;
    let visitorPool: pg.Pool;

    beforeEach(async () => {
      role = `visitor_${new URL(url).pathname.slice(1)}`;
      await runSql(url, `create role ${role} login password 'right' in role test`);
      address = Object.assign(new URL(url), { username: role, password: 'right' }).href;
      visitorPool = openPool(address, 1);
    });

    afterEach(async () => {
      await visitorPool.end();
      await runSql(url, `drop role ${role}`);
    });

    it.each([
      ['the password was changed', "password 'other'", "password 'right'", 'password authentication failed'],
      ['the role may not log in', 'nologin', 'login', 'not permitted to log in'],
    ])('gives 503 until the cause is fixed: %s', async (_what, change, fix, why) => {
      const reads = new PostgresqlReads(visitorPool);
      await reads.storeHead();
      await runSql(url, `alter role ${role} ${change}`);
      await runSql(url, CUT);

      const first = await refusal(reads.storeHead());
      const second = await refusal(reads.storeHead());
      expect([first, second]).toMatchObject([UNAVAILABLE, UNAVAILABLE]);
      expect(second.message).toContain(why);
      expect(await refusal(acquireRebuildLock(address))).toMatchObject(UNAVAILABLE);

      await runSql(url, `alter role ${role} ${fix}`);
      expect(await reads.storeHead()).toMatchObject({ head: 0 });
    });
  });
});
