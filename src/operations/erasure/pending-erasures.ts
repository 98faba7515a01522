import { pagesOf } from '../../database/pages-of.js';
import type { RowReader } from '../../database/row-store.js';
import { erasuresTable, type ErasureRow } from '../../events/log/erasure/erasure-tables.js';
import type { ReceiptBounds } from '../../events/log/event-log.js';
import {
  ERASURE_STEPS,
  retractedEventsTable,
  retractionsTable,
  type RetractionRow,
} from '../../events/log/retraction/retraction-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';

/** What is to be erased, and is not gone yet. */
export interface PendingErasures {
  /** The erasures of users. */
  users: readonly ErasureRow[];
  /** The retractions that erase the data of their events. */
  retractions: readonly RetractionRow[];
}

/** Events of a command that are looked at together. */
const EVENTS_PER_PAGE = 100;

/** Reads what is pending. */
export async function pendingErasures(reader: { rows: RowReader['list'] }): Promise<PendingErasures> {
  const list: RowReader['list'] = (table, query) => reader.rows(table, query);
  const users: ErasureRow[] = [];
  // A filter would be an integer in SQLite and a boolean in PostgreSQL; the pending ones come first this way.
  const query = { filters: [], order: ['pending', 'userId'], descending: true };
  for await (const page of pagesOf({ list }, erasuresTable, query)) {
    const found = page.filter((row) => row.pending);
    users.push(...found);
    if (found.length < page.length) break;
  }
  const retractions: RetractionRow[] = [];
  const pending = { filters: [['erasure', '=', ERASURE_STEPS.pending] as const], order: ['position'] };
  for await (const page of pagesOf({ list }, retractionsTable, pending)) retractions.push(...page);
  return { users, retractions };
}

/** Whether anything is pending. */
export function isAnyPending({ users, retractions }: PendingErasures): boolean {
  return users.length > 0 || retractions.length > 0;
}

/**
 * Returns which stored answers go with what is pending: of an erased user all, of one who loses events those
 * up to the command that wrote the last of these.
 */
export async function receiptsToErase(
  reader: Pick<StoreReader, 'rows' | 'events'>,
  { users, retractions }: PendingErasures,
): Promise<ReceiptBounds> {
  const bounds = new Map(users.map(({ userId, position }) => [userId, position]));
  for (const retraction of retractions) {
    const { userId } = retraction;
    bounds.set(userId, Math.max(bounds.get(userId) ?? 0, (await endOfCommand(reader, retraction)) + 1));
  }
  return bounds;
}

/** The position of the last event of the command that wrote the last event which the retraction names. */
async function endOfCommand(
  reader: Pick<StoreReader, 'rows' | 'events'>,
  { userId, position: retraction }: RetractionRow,
): Promise<number> {
  const [named] = await reader.rows(retractedEventsTable, {
    filters: [
      ['userId', '=', userId],
      ['retraction', '=', retraction],
    ],
    order: ['position'],
    descending: true,
    limit: 1,
  });
  if (!named) return 0;
  let end = named.position;
  let commandId: string | undefined;
  for (let after = named.position - 1; ;) {
    const page = await reader.events({ userId, after, upTo: retraction, limit: EVENTS_PER_PAGE });
    for (const event of page) {
      commandId ??= event.commandId;
      if (event.commandId !== commandId) return end;
      end = event.position;
    }
    const last = page.at(-1);
    if (!last) return end;
    after = last.position;
  }
}
