import { StartRefused } from '../errors.js';
import type { EventLog } from '../events/log/event-log.js';
import type { StoreReader } from '../projections/folding/store-reader.js';
import { databaseName, type DatabaseAddress } from './database-address.js';
import { readStore } from './open-store-reader.js';
import { readMark, writeMark } from './store-marks.js';

/** Work that writes a whole store in many transactions: until it has ended, the store holds a part. */
export interface UnfinishedWork {
  work: 'import' | 'import --append' | 'restore';
  /** When it began, ISO 8601. */
  begunAt: string;
}

/** Marks the store before the first of the work's transactions; the mark is removed after the last. */
export function markUnfinished(log: EventLog, work: UnfinishedWork['work']): Promise<void> {
  const begun: UnfinishedWork = { work, begunAt: new Date().toISOString() };
  return writeMark(log, 'unfinished', begun);
}

/** Returns the work that has not ended, or was interrupted; undefined if there is none. */
export async function unfinishedIn(reader: Pick<StoreReader, 'rows'>): Promise<UnfinishedWork | undefined> {
  const mark = await readMark(reader, 'unfinished');
  return mark && (JSON.parse(mark.value) as UnfinishedWork);
}

/** What is unfinished, and what to do. */
export function unfinishedText({ work, begunAt }: UnfinishedWork): string {
  const has = `has not ended; it began at ${begunAt}, and the store has only a part of what it should have.`;
  return work === 'restore'
    ? `A restore ${has} Drop the database, and restore into a new one.`
    : `An ${work} ${has} Run it again with the same file, which continues it, or reset or restore the store.`;
}

/**
 * Throws StartRefused if the store has only a part of a log. After an interrupted append it can be served:
 * the store's own events are whole, and so is each command of the file.
 */
export async function refuseUnfinished(address: DatabaseAddress): Promise<void> {
  const unfinished = await readStore(address, unfinishedIn);
  if (!unfinished || unfinished.work === 'import --append') return;
  throw new StartRefused(`${databaseName(address)} is unfinished. ${unfinishedText(unfinished)}`);
}
