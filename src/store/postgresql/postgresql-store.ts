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
import { DecidingWriter, type Decider } from '../../writer/deciding-writer.js';
import { EventWriter } from '../../writer/event-writer.js';
import { databaseName } from '../database-address.js';
import { migrate } from '../migrate.js';
import { readStore } from '../open-store-reader.js';
import { runAll } from '../run-all.js';
import type { Store } from '../store.js';
import { acquireRebuildLock } from './rebuild-lock.js';
import { withStartLock } from './start-lock.js';

/** Connections of one process: the writer needs one at a time, and one while the database is opened. */
const WRITING_CONNECTIONS = 2;
const READING_CONNECTIONS = 8;

/** Opens the store in a PostgreSQL database: migrates, brings projections to the head; one process at a time does so. */
export async function openPostgresqlStore(
  url: string,
  deciders: ReadonlyMap<string, Decider>,
): Promise<Store> {
  const name = databaseName({ url });
  const writing = openPool(url, WRITING_CONNECTIONS, { pipeline: true });
  const undo: (() => unknown)[] = [() => writing.end()];
  try {
    const log = new PostgresqlEventLog(writing);
    const catalog = new EventCatalog();
    const opened = await withStartLock(writing, name, async () => {
      const migrations = await migrate({ url });
      await dropLeftShadows(url, log);
      const parts = {
        log,
        decoder: new EventDecoder(),
        skips: await readStore({ url }, readSkips),
        shared: true,
      };
      const found = await openProjections(parts, PROJECTIONS);
      return { migrations, ...found };
    });
    const reads = new PostgresqlReads(openPool(url, READING_CONNECTIONS));
    closeGate(reads.gate, opened);
    undo.unshift(() => reads.close());
    const doorbell = new Doorbell();
    const others = new PostgresqlDoorbell(url, doorbell);
    undo.unshift(() => others.close());
    const folds = new LiveFolds(PROJECTIONS);
    const writer = new DecidingWriter(
      log,
      new EventWriter(log, { catalog, codec: jsonCodec, folds, clock: Date.now, doorbell }),
      folds,
      deciders,
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

/** Of a rebuild that was killed; one that another process is at goes on. */
async function dropLeftShadows(url: string, log: PostgresqlEventLog): Promise<void> {
  const taken = await acquireRebuildLock(url);
  if (!taken) return;
  try {
    await dropShadows(log, PROJECTIONS);
  } finally {
    await taken.release();
  }
}

/** Any number of processes work on the database: nobody has to be asked first. */
const nothing = (): void => undefined;
