import { pagesOf } from '../../database/pages-of.js';
import type { RowReader } from '../../database/row-store.js';
import type { EventLog } from '../../events/log/event-log.js';
import { inBatch } from '../../events/log/in-batch.js';
import { personReadsTable, type PersonReadRow } from '../../events/log/log-tables.js';
import { newId } from '../../events/uuid.js';
import type { DatabaseAddress } from '../database-address.js';
import { openLog } from '../open-log.js';
import { readStore } from '../open-store-reader.js';

/** A read of a person that is to be recorded. */
export type NewPersonRead = Omit<PersonReadRow, 'readId'>;

/** Most rows that one transaction writes or removes: the writer of commands waits meanwhile. */
const ROWS_PER_TRANSACTION = 1_000;

/** Writes the reads; a service may run on the store. */
export function writePersonReads(address: DatabaseAddress, reads: readonly NewPersonRead[]): Promise<void> {
  const rows = reads.map((read) => ({ ...read, readId: newId() }));
  return withLog(address, (log) => putAll(log, rows));
}

/** Removes what was read before a time, ms UTC. */
export function forgetPersonReads(address: DatabaseAddress, before: number): Promise<void> {
  return withLog(address, async (log) => {
    for (;;) {
      const old = await readStore(address, (reader) =>
        reader.rows(personReadsTable, {
          filters: [['at', '<', before]],
          order: ['at'],
          limit: ROWS_PER_TRANSACTION,
        }),
      );
      if (old.length === 0) return;
      await log.transaction((transaction) =>
        inBatch(transaction, (rows) => {
          for (const { userId, at, readId } of old) rows.remove(personReadsTable, userId, at, readId);
        }),
      );
    }
  });
}

/**
 * Copies what one store has recorded to another: a restore or a reset changes what a store contains, not who
 * has read it.
 */
export function carryPersonReads(from: DatabaseAddress, to: DatabaseAddress): Promise<void> {
  return withLog(to, (log) =>
    readStore(from, async (reader) => {
      const list: RowReader['list'] = (table, query) => reader.rows(table, query);
      const all = pagesOf(
        { list },
        personReadsTable,
        { filters: [], order: personReadsTable.key },
        ROWS_PER_TRANSACTION,
      );
      for await (const page of all) await putAll(log, page);
    }),
  );
}

async function putAll(log: EventLog, all: readonly PersonReadRow[]): Promise<void> {
  for (let first = 0; first < all.length; first += ROWS_PER_TRANSACTION)
    await log.transaction((transaction) =>
      inBatch(transaction, (rows) => {
        for (const row of all.slice(first, first + ROWS_PER_TRANSACTION)) rows.put(personReadsTable, row);
      }),
    );
}

async function withLog<T>(address: DatabaseAddress, work: (log: EventLog) => Promise<T>): Promise<T> {
  const { log, close } = openLog(address);
  try {
    return await work(log);
  } finally {
    await close();
  }
}
