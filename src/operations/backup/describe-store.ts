import { eventsTable, receiptsTable } from '../../events/log/log-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { liveDigests } from '../verify/live-digests.js';
import type { BackupEnd, Manifest } from './manifest.js';

/** The part of a manifest that describes the store itself. */
export type StoreDescription = BackupEnd &
  Required<Pick<Manifest, 'storeId' | 'events' | 'receipts' | 'migrations' | 'projections'>>;

/** Describes the snapshot that the reader sees. */
export async function describeStore(reader: StoreReader): Promise<StoreDescription> {
  return {
    storeId: await reader.storeId(),
    ...(await endOf(reader)),
    events: await reader.count(eventsTable),
    receipts: await reader.count(receiptsTable),
    migrations: (await reader.migrations()) ?? [],
    projections: await liveDigests(reader, PROJECTIONS),
  };
}

export async function endOf(reader: Pick<StoreReader, 'head'>): Promise<BackupEnd> {
  const { position, hash, recordedAt } = await reader.head();
  return {
    position,
    chainHead: hash,
    recordedAt: position === 0 ? null : new Date(recordedAt).toISOString(),
  };
}
