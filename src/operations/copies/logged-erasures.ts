import { pagesOf } from '../../database/pages-of.js';
import type { RowReader } from '../../database/row-store.js';
import { USER_ERASED, type UserErased } from '../../events/erasure/user-erased.event.js';
import { erasuresTable } from '../../events/log/erasure/erasure-tables.js';
import type { StoredEvent } from '../../events/log/event-log.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { makeFolders } from '../../store/make-folders.js';
import { readStore } from '../../store/open-store-reader.js';
import { writingTo } from '../backup/backup-folder.js';
import { hashAt } from '../shipping/hash-at.js';
import { extendLedger, readLedger, rootOf, type LedgerEntry, type LoggedErasure } from './ledger.js';

/** A user is erased again only after being there again, so there are few. */
const MAX_ERASURES_OF_USER = 1_000;

/** Writes the erasures that the ledger lacks into it. Returns the whole ledger. */
export function syncLedger(folder: string, address: DatabaseAddress): Promise<LedgerEntry[]> {
  return readStore(address, async (reader) => {
    const storeId = await reader.storeId();
    const ledger = await readLedger(folder, storeId);
    const fresh = await loggedErasures(reader, ledger);
    if (fresh.length === 0) return ledger;
    return writingTo(folder, async () => {
      makeFolders(folder);
      return extendLedger(folder, storeId, fresh);
    });
  });
}

/** Returns the erasures in the log that the ledger may lack, by position. */
export async function loggedErasures(
  reader: StoreReader,
  ledger: readonly LoggedErasure[] = [],
): Promise<LoggedErasure[]> {
  // Up to the last entry that is in this log, all are known: they are written in the order of positions.
  const last = ledger.at(-1);
  const after = last && (await hashAt(reader, last.position)) === last.hash ? last.position : 0;
  const erasures: LoggedErasure[] = [];
  const list: RowReader['list'] = (table, query) => reader.rows(table, query);
  const query = { filters: [['position', '>', after] as const], order: ['position'] };
  for await (const page of pagesOf({ list }, erasuresTable, query))
    for (const { userId } of page) erasures.push(...(await erasuresOfUser(reader, userId)));
  return erasures.filter(({ position }) => position > after).toSorted((a, b) => a.position - b.position);
}

/** Returns every erasure of the user that the log has. */
export async function erasuresOfUser(
  reader: Pick<StoreReader, 'events'>,
  userId: string,
): Promise<LoggedErasure[]> {
  const types = [USER_ERASED];
  const events = await reader.events({ after: 0, userId, types, limit: MAX_ERASURES_OF_USER });
  if (events.length === 0) return [];
  const [first] = await reader.events({ after: 0, userId, limit: 1 });
  return events.map((event) => erasureOf(event, first?.position ?? event.position));
}

/** Which erasures the log has of the user, each by the one that was asked for. */
export async function rootsIn(reader: Pick<StoreReader, 'events'>, userId: string): Promise<Set<string>> {
  return new Set((await erasuresOfUser(reader, userId)).map(rootOf));
}

/** The erasure that an event `user.erased` says; one that cannot be read repeats none. */
export function erasureOf(
  { eventId, userId, position, hash, recordedAt, data }: Omit<StoredEvent, 'streamKey'>,
  from: number,
): LoggedErasure {
  return { erasureId: eventId, userId, position, hash, erasedAt: recordedAt, from, repeats: repeatsOf(data) };
}

function repeatsOf(data: StoredEvent['data']): string | null {
  try {
    const { repeats } = JSON.parse(
      typeof data === 'string' ? data : Buffer.from(data).toString(),
    ) as UserErased;
    return repeats ?? null;
  } catch {
    return null;
  }
}
