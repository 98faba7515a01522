import { openForWriting } from '../database/sqlite/open-sqlite.js';
import { EventCatalog } from '../events/event-catalog.js';
import { jsonCodec } from '../events/log/event-codec.js';
import { EventDecoder } from '../events/log/event-decoder.js';
import { Doorbell } from '../events/log/doorbell.js';
import { SqliteEventLog } from '../events/log/sqlite-event-log.js';
import { catchUp, type CaughtUp } from '../projections/fold-again.js';
import { PROJECTIONS } from '../projections/projection-catalog.js';
import { SqliteReads } from '../projections/sqlite-reads.js';
import { takeDataFolder } from './data-folder.js';
import { migrate } from './migrate.js';
import { runAll } from './run-all.js';
import { SqliteWriter } from './sqlite-writer.js';
import type { Store } from './store.js';

/** Opens the SQLite store of a folder: takes the folder, migrates, brings projections to the head. */
export async function openSqliteStore(dataDir: string): Promise<Store> {
  const folder = takeDataFolder(dataDir);
  const undo: (() => unknown)[] = [() => folder.release()];
  try {
    const migrations = await migrate({ file: folder.file });
    const caughtUp = await catchUpFile(folder.file);
    const reads = new SqliteReads(folder.file);
    undo.unshift(() => reads.close());
    const doorbell = new Doorbell();
    const writer = await SqliteWriter.open(folder.file, doorbell);
    undo.unshift(() => writer.close());
    return { writer, reads, doorbell, opened: { migrations, caughtUp }, close: () => runAll(undo) };
  } catch (error) {
    await runAll(undo);
    throw error;
  }
}

async function catchUpFile(file: string): Promise<CaughtUp[]> {
  const db = openForWriting(file);
  try {
    const decoder = new EventDecoder(new EventCatalog(), jsonCodec);
    return await catchUp(new SqliteEventLog(db), decoder, PROJECTIONS);
  } finally {
    db.close();
  }
}
