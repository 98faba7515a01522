import { openPool } from '../../database/postgresql/open-postgresql.js';
import { EventCatalog } from '../../events/event-catalog.js';
import { Doorbell } from '../../events/log/doorbell.js';
import { jsonCodec } from '../../events/log/event-codec.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import { PostgresqlDoorbell } from '../../events/log/postgresql-doorbell.js';
import { PostgresqlEventLog } from '../../events/log/postgresql-event-log.js';
import { readSkips } from '../../projections/folding/checkpoints.js';
import { LiveFolds } from '../../projections/folding/live-folds.js';
import { openProjections, dropShadows } from '../../projections/folding/open-projections.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { PostgresqlReads } from '../../projections/reads/postgresql-reads.js';
import { closeGate } from '../../projections/reads/projection-gate.js';
import { PostgresqlMeaningThread } from '../../projections/reads/search/postgresql-meaning-thread.js';
import { WordVectors } from '../../projections/reads/search/word-vectors.js';
import { DecidingWriter, type Decider } from '../../writer/deciding-writer.js';
import { EventWriter } from '../../writer/event-writer.js';
import { Usage } from '../../writer/quotas/usage.js';
import { databaseName } from '../database-address.js';
import { KeyRing } from '../keys/key-ring.js';
import { migrate } from '../migrate.js';
import { readStore } from '../open-store-reader.js';
import { PastReads } from '../past-reads.js';
import type { Store, StoreOptions } from '../store.js';
import { refuseUnfinished } from '../unfinished.js';
import { acquireRebuildLock } from './rebuild-lock.js';
import { withStartLock } from './start-lock.js';

/** The writer uses one connection at a time; opening the store uses a second one for the start lock. */
const WRITING_CONNECTIONS = 2;
const READING_CONNECTIONS = 8;

/**
 * Opens the store in a PostgreSQL database: migrates it and brings projections to the head. Only one process
 * at a time does so. Without a ring of keys it has its own.
 */
export async function openPostgresqlStore(
  url: string,
  loadDeciders: () => Promise<ReadonlyMap<string, Decider>>,
  { words, keys: ring, quotas }: StoreOptions = {},
): Promise<Store> {
  await using opening = new AsyncDisposableStack();
  const writing = opening.adopt(openPool(url, WRITING_CONNECTIONS, { pipeline: true }), (pool) => pool.end());
  const log = new PostgresqlEventLog(writing);
  const opened = await withStartLock(writing, databaseName({ url }), async () => {
    const migrations = await migrate({ url });
    await refuseUnfinished({ url });
    await dropAbandonedShadows(url, log);
    return readStore({ url }, async (reader) => {
      const parts = { log, reader, decoder: new EventDecoder(), skips: await readSkips(reader) };
      return { migrations, ...(await openProjections({ ...parts, shared: true }, PROJECTIONS)) };
    });
  });
  const pool = openPool(url, READING_CONNECTIONS);
  const wordVectors = words && new WordVectors(words);
  const meaning = opening.adopt(new PostgresqlMeaningThread(url), (open) => open.close());
  const reads = opening.adopt(new PostgresqlReads(pool, { wordVectors, compare: meaning.compare }), (open) =>
    open.close(),
  );
  closeGate(reads.gate, opened);
  const past = opening.adopt(new PastReads({ url }, words, ring === undefined), (open) => open.close());
  const keys = ring ?? opening.adopt(await KeyRing.open({ url }), (open) => open.close());
  const doorbell = new Doorbell();
  opening.adopt(new PostgresqlDoorbell(url, doorbell), (listener) => listener.close());
  const folds = new LiveFolds(PROJECTIONS);
  const usage = quotas && new Usage(quotas);
  await usage?.catchUpAll(log);
  const parts = { catalog: new EventCatalog(), codec: jsonCodec, folds, clock: Date.now, doorbell, usage };
  const deciding = new DecidingWriter(log, new EventWriter(log, parts), folds, await loadDeciders());
  const writer = opening.adopt(deciding, (open) => open.close());
  const stack = opening.move();
  return {
    writer,
    reads,
    quotas,
    past,
    doorbell,
    keys,
    address: { url },
    opened,
    announce: announceNothing,
    close: () => stack.disposeAsync(),
  };
}

/** Drops the shadow tables of a killed rebuild; those of a rebuild that another process runs are kept. */
async function dropAbandonedShadows(url: string, log: PostgresqlEventLog): Promise<void> {
  const lock = await acquireRebuildLock(url);
  if (!lock) return;
  try {
    await dropShadows(log, PROJECTIONS);
  } finally {
    await lock.release();
  }
}

/** Any number of processes may use the database, so no process needs this one's URL. */
const announceNothing = (): void => undefined;
