import { pagesOf } from '../../database/pages-of.js';
import type { Filter, RowReader } from '../../database/row-store.js';
import {
  retractedEventsTable,
  retractionsTable,
  type RetractionRow,
} from '../../events/log/retraction/retraction-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';

/** Which events are taken back, as the log has it. */
export interface Standing {
  retractions: readonly RetractionRow[];
  /** The positions of the retractions, by the position of the event; those that are undone are left out. */
  byEvent: ReadonlyMap<number, ReadonlySet<number>>;
}

/** Reads which events of the user are taken back now. */
export async function readStanding(reader: Pick<StoreReader, 'rows'>, userId: string): Promise<Standing> {
  const list: RowReader['list'] = (table, query) => reader.rows(table, query);
  const filters: Filter[] = [['userId', '=', userId]];
  const retractions: RetractionRow[] = [];
  for await (const page of pagesOf({ list }, retractionsTable, { filters, order: ['position'] }))
    retractions.push(...page);
  const stands = new Set(
    retractions.filter(({ restoredAt }) => restoredAt === null).map(({ position }) => position),
  );
  const byEvent = new Map<number, Set<number>>();
  if (retractions.length === 0) return { retractions, byEvent };
  const order = ['position', 'retraction'];
  for await (const page of pagesOf({ list }, retractedEventsTable, { filters, order }))
    for (const { position, retraction } of page)
      if (stands.has(retraction)) {
        const all = byEvent.get(position) ?? new Set();
        byEvent.set(position, all.add(retraction));
      }
  return { retractions, byEvent };
}
