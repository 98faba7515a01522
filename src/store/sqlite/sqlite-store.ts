import { openForWriting } from '../../database/sqlite/open-sqlite.js';
import { WriteTurns } from '../../database/sqlite/write-turns.js';
import { Doorbell } from '../../events/log/doorbell.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import { SqliteEventLog } from '../../events/log/sqlite-event-log.js';
import { readSkips } from '../../projections/folding/checkpoints.js';
import {
  openProjections,
  type OpenedProjections,
  dropShadows,
} from '../../projections/folding/open-projections.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { closeGate } from '../../projections/reads/projection-gate.js';
import { SqliteReads } from '../../projections/reads/sqlite-reads.js';
import { SqliteWriter } from '../../writer/sqlite-writer.js';
import { KeyRing } from '../keys/key-ring.js';
import { migrate } from '../migrate.js';
import { readStore } from '../open-store-reader.js';
import { PastReads } from '../past-reads.js';
import type { Store, StoreOptions } from '../store.js';
import { refuseUnfinished } from '../unfinished.js';
import { takeDataFolder } from './data-folder.js';

/**
 * Opens the SQLite store of a folder: takes the folder, migrates, and brings projections to the head. Without
 * a ring of keys it has its own.
 */
export async function openSqliteStore(
  dataDir: string,
  { words, keys: ring, quotas }: StoreOptions = {},
): Promise<Store> {
  await using opening = new AsyncDisposableStack();
  const folder = opening.adopt(takeDataFolder(dataDir), (taken) => taken.release());
  const migrations = await migrate({ file: folder.file });
  await refuseUnfinished({ file: folder.file });
  const projections = await openFileProjections(folder.file);
  const address = { file: folder.file, turns: new WriteTurns().memory };
  const doorbell = new Doorbell();
  const writer = opening.adopt(await SqliteWriter.open({ ...address, quotas }, doorbell), (open) =>
    open.close(),
  );
  // Opened after the writer, so closed before it: only the last connection merges the WAL into the file, and
  // only one that may write can.
  const reads = opening.adopt(new SqliteReads(folder.file, words, ring === undefined), (open) =>
    open.close(),
  );
  closeGate(reads.gate, projections);
  const past = opening.adopt(new PastReads({ file: folder.file }, words, ring === undefined), (open) =>
    open.close(),
  );
  const keys = ring ?? opening.adopt(await KeyRing.open(address), (open) => open.close());
  const opened = opening.move();
  return {
    writer,
    reads,
    quotas,
    past,
    doorbell,
    keys,
    address,
    opened: { migrations, ...projections },
    announce: (service) => folder.announce(service),
    close: () => opened.disposeAsync(),
  };
}

async function openFileProjections(file: string): Promise<OpenedProjections> {
  const db = openForWriting(file);
  try {
    const log = new SqliteEventLog(db);
    // Any shadow tables are from a killed rebuild, because no other process has the folder.
    await dropShadows(log, PROJECTIONS);
    return await readStore({ file }, async (reader) => {
      const parts = { log, reader, decoder: new EventDecoder(), skips: await readSkips(reader) };
      return openProjections({ ...parts, shared: false }, PROJECTIONS);
    });
  } finally {
    db.close();
  }
}
