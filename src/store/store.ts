import { openForWriting } from '../database/sqlite/open-sqlite.js';
import { EventCatalog } from '../events/event-catalog.js';
import { jsonCodec } from '../events/log/event-codec.js';
import { EventDecoder } from '../events/log/event-decoder.js';
import type { EventLog } from '../events/log/event-log.js';
import { EventWriter } from '../events/log/event-writer.js';
import { SqliteEventLog } from '../events/log/sqlite-event-log.js';
import { catchUp } from '../projections/fold-again.js';
import { PROJECTIONS } from '../projections/projection-catalog.js';
import { ProjectionFolds } from '../projections/projection-folds.js';
import type { Reads } from '../projections/reads.js';
import { SqliteReads } from '../projections/sqlite-reads.js';
import { takeDataFolder } from './data-folder.js';
import { migrate } from './migrate.js';

/** An open store: the log, its one writer, and the reads beside it. */
export abstract class Store {
  abstract readonly log: EventLog;
  abstract readonly writer: EventWriter;
  abstract readonly reads: Reads;
  /** What happened on the way up, for the log. */
  abstract readonly opened: { migrations: string[]; caughtUp: { projection: string; events: number }[] };
  /** Answers every command that waits, then closes the database. */
  abstract close(): Promise<void>;
}

/** Opens the SQLite store of a folder: takes the folder, migrates, brings projections to the head. */
export async function openStore(dataDir: string): Promise<Store> {
  const folder = takeDataFolder(dataDir);
  const undo: (() => unknown)[] = [() => folder.release()];
  try {
    const migrations = await migrate(folder.file);
    const db = openForWriting(folder.file);
    undo.unshift(() => db.close());
    const log = new SqliteEventLog(db);
    const catalog = new EventCatalog();
    const caughtUp = await catchUp(log, new EventDecoder(catalog, jsonCodec), PROJECTIONS);
    const reads = new SqliteReads(folder.file);
    undo.unshift(() => reads.close());
    const folds = new ProjectionFolds(PROJECTIONS);
    const writer = new EventWriter(log, { catalog, codec: jsonCodec, folds, clock: Date.now });
    undo.unshift(() => writer.close());
    return { log, writer, reads, opened: { migrations, caughtUp }, close: () => runAll(undo) };
  } catch (error) {
    await runAll(undo);
    throw error;
  }
}

async function runAll(steps: readonly (() => unknown)[]): Promise<void> {
  for (const step of steps) await step();
}
