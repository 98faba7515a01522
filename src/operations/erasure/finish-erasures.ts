import { setTimeout as pause } from 'node:timers/promises';
import type { Table } from '../../database/table.js';
import { erasureRecordsTable, type RemovedByErasure } from '../../events/log/erasure/erasure-tables.js';
import { erasuresTable, type ErasureRow } from '../../events/log/erasure/erasure-tables.js';
import type { ErasureStep, EventLog, LogTransaction, ReceiptBounds } from '../../events/log/event-log.js';
import { inBatch } from '../../events/log/in-batch.js';
import {
  ERASURE_STEPS,
  retractionsTable,
  type RetractionRow,
} from '../../events/log/retraction/retraction-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { freeBytes } from '../../writer/quotas/usage.js';
import { isAnyPending, pendingErasures, receiptsToErase, type PendingErasures } from './pending-erasures.js';

/** Events, rows, and receipts looked at, in one transaction: commands wait no longer than for a batch. */
const EVENTS_PER_STEP = 250;
const ROWS_PER_STEP = 250;
const RECEIPTS_PER_STEP = 5_000;
/** How often the write-ahead log is tried to be emptied while readers need it, and the pause between, ms. */
const ATTEMPTS = 40;
const RETRY_MS = 50;

const TABLES: readonly Table[] = PROJECTIONS.flatMap(({ tables }) => tables);

interface ErasureParts {
  log: EventLog;
  reader: Pick<StoreReader, 'rows' | 'events'>;
}

const NOTHING: PendingErasures = { users: [], retractions: [] };

/**
 * Erases what is pending, in short transactions beside the service: data, rows and receipts of every erased
 * user, and the data of events that retractions erase, with the receipts that go with it. Stopped at any time,
 * it goes on where it was. Returns what is complete; where a reader still keeps the traces in the write-ahead
 * log, all of it stays pending.
 */
export async function finishErasures({ log, reader }: ErasureParts): Promise<PendingErasures> {
  const pending = await pendingErasures(reader);
  if (!isAnyPending(pending)) return NOTHING;
  const { users, retractions } = pending;
  for (const erasure of users) {
    await eraseEvents(log, erasure);
    await eraseRows(log, erasure);
  }
  for (const retraction of retractions) await eraseRetracted(log, retraction);
  await eraseReceipts(log, users, await receiptsToErase(reader, pending));
  if (!(await clearTraces(log))) return NOTHING;
  for (const erasure of users) await log.transaction((transaction) => end(transaction, erasure));
  for (const retraction of retractions)
    await log.transaction((transaction) => endRetraction(transaction, retraction));
  return pending;
}

async function eraseRetracted(log: EventLog, retraction: RetractionRow): Promise<void> {
  for (let after: number | undefined = 0; after !== undefined;) {
    const step: ErasureStep = { after, limit: EVENTS_PER_STEP };
    after = await log.transaction(async (transaction) => {
      const done = await transaction.eraseRetracted(retraction, step);
      if (done) await freeBytes(transaction, retraction.userId, done.bytes);
      return done?.upTo;
    });
  }
}

async function eraseEvents(log: EventLog, erasure: ErasureRow): Promise<void> {
  for (let after: number | undefined = 0; after !== undefined;) {
    const step = { after, limit: EVENTS_PER_STEP };
    after = await log.transaction(async (transaction) => {
      const done = await transaction.eraseEvents(erasure, step);
      if (done) await count(transaction, erasure, { events: done.erased });
      return done?.upTo;
    });
  }
}

/**
 * Nobody reads the rows any more, so they go in any order. Where the id is a new user's already, the erasure
 * came with lines, and who folded it has removed the former user's rows.
 */
async function eraseRows(log: EventLog, erasure: ErasureRow): Promise<void> {
  if (erasure.reopened !== null) return;
  for (let left = TABLES; left.length > 0;) {
    const tables = left;
    left = await log.transaction((transaction) => eraseSomeRows(transaction, erasure, tables));
  }
}

/** Removes rows of the tables, one after another, and returns the tables that may have more. */
async function eraseSomeRows(
  transaction: LogTransaction,
  erasure: ErasureRow,
  tables: readonly Table[],
): Promise<readonly Table[]> {
  const rows: Record<string, number> = {};
  let room = ROWS_PER_STEP;
  let next = 0;
  while (room > 0 && next < tables.length) {
    const table = tables[next] as Table;
    const removed = await transaction.eraseRows(table, erasure.userId, room);
    if (removed > 0) rows[table.name] = removed;
    room -= removed;
    if (room > 0) next++;
  }
  if (room < ROWS_PER_STEP) await count(transaction, erasure, { rows });
  return tables.slice(next);
}

/** In one pass, whoever they are of. */
async function eraseReceipts(
  log: EventLog,
  users: readonly ErasureRow[],
  bounds: ReceiptBounds,
): Promise<void> {
  for (let after: number | undefined = 0; after !== undefined;) {
    const step = { after, limit: RECEIPTS_PER_STEP };
    after = await log.transaction(async (transaction) => {
      const done = await transaction.eraseReceipts(bounds, step);
      for (const erasure of users) {
        const receipts = done?.erased.get(erasure.userId) ?? 0;
        if (receipts > 0) await count(transaction, erasure, { receipts });
      }
      return done?.upTo;
    });
  }
}

/** Adds to the counts of the certificate, in the transaction that removes what is counted. */
function count(
  transaction: LogTransaction,
  { userId, position }: ErasureRow,
  { events = 0, receipts = 0, rows = {} }: Partial<RemovedByErasure>,
): Promise<void> {
  return inBatch(transaction, (batch) => {
    const record = batch.get(erasureRecordsTable, userId, position);
    // A release without counts may have begun this erasure.
    if (!record?.removed) return;
    const { removed } = record;
    const sums = { ...removed.rows };
    for (const [table, more] of Object.entries(rows)) sums[table] = (sums[table] ?? 0) + more;
    batch.put(erasureRecordsTable, {
      ...record,
      removed: { events: removed.events + events, receipts: removed.receipts + receipts, rows: sums },
    });
  });
}

async function clearTraces(log: EventLog): Promise<boolean> {
  const indexed = TABLES.filter(({ fullText }) => fullText);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await log.clearTraces(indexed)) return true;
    await pause(RETRY_MS);
  }
  return false;
}

/** A later erasure of the same user may have begun. */
function end(transaction: LogTransaction, { userId, position }: ErasureRow): Promise<void> {
  return inBatch(transaction, (rows) => {
    const row = rows.get(erasuresTable, userId);
    if (row?.position === position) rows.put(erasuresTable, { ...row, pending: false });
    const record = rows.get(erasureRecordsTable, userId, position);
    if (record) rows.put(erasureRecordsTable, { ...record, endedAt: Date.now() });
  });
}

/** An erasure of the user removes the row. */
function endRetraction(transaction: LogTransaction, { userId, position }: RetractionRow): Promise<void> {
  return inBatch(transaction, (rows) => {
    const row = rows.get(retractionsTable, userId, position);
    if (row) rows.put(retractionsTable, { ...row, erasure: ERASURE_STEPS.done });
  });
}
