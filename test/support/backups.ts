import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredEvent } from '../../src/events/log/event-log.js';
import { receiptsTable, type ReceiptRow } from '../../src/events/log/log-tables.js';
import { backUp } from '../../src/operations/backup/back-up.js';
import { removePartials } from '../../src/operations/backup/backup-folder.js';
import type { Manifest } from '../../src/operations/backup/manifest.js';
import { restoreFile, type RestoreSource, type RestoreReport } from '../../src/operations/restore/restore.js';
import type { DatabaseAddress } from '../../src/store/database-address.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { allEvents } from './appends.js';
import { scratchFolder } from './scratch.js';

const MAX_ROWS = 100_000;

/** A full backup made in this process. */
export async function fullBackup(address: DatabaseAddress, folder: string): Promise<Manifest> {
  const manifest = await backUp({ address, folder });
  await removePartials(folder);
  return manifest;
}

/** The contents of a store that no fold can recreate. */
export interface LogContents {
  events: Omit<StoredEvent, 'streamKey'>[];
  receipts: ReceiptRow[];
}

export function logContentsOf(address: DatabaseAddress): Promise<LogContents> {
  return readStore(address, async (reader) => {
    const events = await allEvents({ read: (query) => reader.events(query) });
    const receipts = await reader.rows(receiptsTable, {
      filters: [],
      order: receiptsTable.key,
      limit: MAX_ROWS,
    });
    return {
      events: events.map(({ streamKey: _key, data, ...event }) => ({
        ...event,
        data: Buffer.from(data).toString(),
      })),
      receipts: receipts.map((row) => ({ ...row, requestHash: Buffer.from(row.requestHash) })),
    };
  });
}

/** Restores into a scratch data folder, which is removed after the check. */
export async function restoreInScratchFolder<T>(
  source: RestoreSource,
  check: (file: string, restored: RestoreReport) => Promise<T>,
): Promise<T> {
  const dataDir = await scratchFolder();
  try {
    const restored = await restoreFile(dataDir, source);
    return await check(join(dataDir, 'edgesoul.db'), restored);
  } finally {
    await rm(dataDir, { recursive: true });
  }
}

/** Flips one bit in the middle of a file. */
export async function flipBit(file: string): Promise<void> {
  const bytes = await readFile(file);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 0x40;
  await writeFile(file, bytes);
}
