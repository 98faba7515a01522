import { pagesOf } from '../../database/pages-of.js';
import type { RowReader } from '../../database/row-store.js';
import { retractionsTable } from '../../events/log/retraction/retraction-tables.js';
import type { StoreReader } from '../folding/store-reader.js';

/**
 * Returns the position of the last event up to `position` that took events of the user back or restored some;
 * 0 if there is none.
 */
export async function lastRetraction(
  reader: Pick<StoreReader, 'rows'>,
  { userId, position: upTo }: { userId: string; position: number },
): Promise<number> {
  const list: RowReader['list'] = (table, query) => reader.rows(table, query);
  const ofUser = { filters: [['userId', '=', userId] as const], order: ['position'] };
  let last = 0;
  for await (const page of pagesOf({ list }, retractionsTable, ofUser))
    for (const { position, restoredAt } of page)
      for (const at of [position, restoredAt ?? 0]) if (at <= upTo) last = Math.max(last, at);
  return last;
}
