import type pg from 'pg';
import { openPool } from '../database/postgresql/open-postgresql.js';
import { StartRefused } from '../errors.js';
import { EventCatalog } from '../events/event-catalog.js';
import { jsonCodec } from '../events/log/event-codec.js';
import { EventDecoder } from '../events/log/event-decoder.js';
import { Doorbell } from '../events/log/doorbell.js';
import { EventWriter } from '../events/log/event-writer.js';
import { PostgresqlDoorbell } from '../events/log/postgresql-doorbell.js';
import { PostgresqlEventLog } from '../events/log/postgresql-event-log.js';
import { DecidingWriter } from '../modules/deciding-writer.js';
import { closeGate, openProjections } from '../projections/open-projections.js';
import { PostgresqlReads } from '../projections/postgresql-reads.js';
import { PROJECTIONS } from '../projections/projection-catalog.js';
import { LiveFolds } from '../projections/live-folds.js';
import { databaseName } from './database-address.js';
import { migrate } from './migrate.js';
import { runAll } from './run-all.js';
import type { Store } from './store.js';

/** Connections of one process: the writer needs one at a time, and one while the database is opened. */
const WRITING = 2;
const READING = 8;
/** `array_to_tsvector` and generated columns, with some years to spare. */
const OLDEST_VERSION = 14;

/** Opens the store in a PostgreSQL database: migrates, brings projections to the head; one process at a time does so. */
export async function openPostgresqlStore(url: string): Promise<Store> {
  const name = databaseName({ url });
  const writing = openPool(url, WRITING, { pipeline: true });
  const undo: (() => unknown)[] = [() => writing.end()];
  try {
    const log = new PostgresqlEventLog(writing);
    const catalog = new EventCatalog();
    const opened = await alone(writing, name, async () => {
      const migrations = await migrate({ url });
      const found = await openProjections(log, new EventDecoder(catalog, jsonCodec), PROJECTIONS);
      return { migrations, ...found };
    });
    const reads = new PostgresqlReads(openPool(url, READING));
    closeGate(reads.gate, opened);
    undo.unshift(() => reads.close());
    const doorbell = new Doorbell();
    const others = new PostgresqlDoorbell(url, doorbell);
    undo.unshift(() => others.close());
    const folds = new LiveFolds(PROJECTIONS);
    const writer = new DecidingWriter(
      log,
      new EventWriter(log, { catalog, codec: jsonCodec, folds, clock: Date.now, doorbell }),
    );
    undo.unshift(() => writer.close());
    return {
      writer,
      reads,
      doorbell,
      address: { url },
      opened,
      announce: nothing,
      close: () => runAll(undo),
    };
  } catch (error) {
    await runAll(undo);
    throw error;
  }
}

/** Any number of processes work on the database: nobody has to be asked first. */
const nothing = (): void => undefined;

/** Runs the work while no other process does the same; throws StartRefused when the database cannot be used. */
async function alone<T>(pool: pg.Pool, name: string, work: () => Promise<T>): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (cause) {
    throw cannotConnect(name, cause);
  }
  try {
    await refuseOld(client, name);
    // Of the session, and so gone with the process; a pooler must give this one connection whole sessions.
    await client.query(`select pg_advisory_lock(hashtext('edgesoul start'), hashtext(current_schema()))`);
    return await work();
  } finally {
    // Not back into the pool: closing it is what gives up the lock.
    client.release(true);
  }
}

async function refuseOld(client: pg.PoolClient, name: string): Promise<void> {
  const { rows } = await client.query<{ version: string }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major`,
  );
  const { version, major } = rows[0] as { version: string; major?: number };
  if (Number(major) < OLDEST_VERSION)
    throw new StartRefused(`${name} is version ${version}; ${OLDEST_VERSION} or newer is needed.`);
}

const HINTS: Record<string, string> = {
  '28P01': 'the password is wrong; check the user and password in DATABASE_URL',
  '28000':
    'the user may not connect so; check pg_hba.conf, or encrypt with ?sslmode=verify-full in DATABASE_URL',
  '3D000': 'there is no such database; create it (docs/operations.md has the statements)',
  '42501': 'the user may not create tables; grant it the schema (docs/operations.md has the statements)',
  '53300': 'it has too many connections already',
  ECONNREFUSED: 'nothing listens there; is it running, and are host and port right?',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ETIMEDOUT: 'it does not answer',
};

function cannotConnect(name: string, cause: unknown): StartRefused {
  const { code = '', message } = cause as { code?: string; message: string };
  const hint = HINTS[code];
  return new StartRefused(`${name} cannot be used: ${message}${hint ? ` (${hint})` : ''}.`, { cause });
}
