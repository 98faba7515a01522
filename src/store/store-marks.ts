import { pagesOf } from '../database/pages-of.js';
import type { RowReader } from '../database/row-store.js';
import type { EventLog } from '../events/log/event-log.js';
import { inBatch } from '../events/log/in-batch.js';
import {
  givenUpEndsTable,
  storeMarksTable,
  type GivenUpEndRow,
  type StoreMarkRow,
} from '../events/log/log-tables.js';
import type { StoreReader } from '../projections/folding/store-reader.js';

type RowsReader = Pick<StoreReader, 'rows'>;

/**
 * The marks of a store: `unfinished` while an import or a restore writes it, `loss` once acknowledged events
 * were found missing, `records-given-up-ends` since when restores record what they give up, `access-keys`
 * since the store had its first key, `copies` since the backups were rewritten for the first time,
 * `retention` up to where each rule of the policy is done.
 */
export type MarkName =
  | 'unfinished'
  | 'loss'
  | 'records-given-up-ends'
  | 'access-keys'
  | 'copies'
  | 'retention';

export async function readMark(reader: RowsReader, name: MarkName): Promise<StoreMarkRow | undefined> {
  const [row] = await reader.rows(storeMarksTable, {
    filters: [['name', '=', name]],
    order: storeMarksTable.key,
    limit: 1,
  });
  return row;
}

export function writeMark(log: EventLog, name: MarkName, value: object): Promise<void> {
  return log.transaction((transaction) =>
    inBatch(transaction, (rows) =>
      rows.put(storeMarksTable, { name, value: JSON.stringify(value), markedAt: Date.now() }),
    ),
  );
}

export function removeMark(log: EventLog, name: MarkName): Promise<void> {
  return log.transaction((transaction) =>
    inBatch(transaction, (rows) => {
      if (rows.get(storeMarksTable, name)) rows.remove(storeMarksTable, name);
    }),
  );
}

/** An end of the log, named by its position and the first digits of the hash there. */
export type EndId = Pick<GivenUpEndRow, 'position' | 'hash'>;

/** Records ends that are missing from the log on purpose. */
export function giveUpEnds(log: EventLog, ends: readonly EndId[]): Promise<void> {
  const givenUpAt = Date.now();
  return log.transaction((transaction) =>
    inBatch(transaction, (rows) => {
      for (const { position, hash } of ends) rows.put(givenUpEndsTable, { position, hash, givenUpAt });
    }),
  );
}

/** Returns the ends that were given up, as texts of `endText`. */
export async function givenUpEnds(reader: RowsReader): Promise<Set<string>> {
  const list: RowReader['list'] = (table, query) => reader.rows(table, query);
  const ends = new Set<string>();
  for await (const page of pagesOf({ list }, givenUpEndsTable, { filters: [], order: givenUpEndsTable.key }))
    for (const end of page) ends.add(endText(end));
  return ends;
}

export function endText({ position, hash }: EndId): string {
  return `${position} ${hash}`;
}
