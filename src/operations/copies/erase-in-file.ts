import { Corrupt } from '../../errors.js';
import { erasuresTable, type ErasureRow } from '../../events/log/erasure/erasure-tables.js';
import { isErased } from '../../events/log/event-seal.js';
import { inBatch } from '../../events/log/in-batch.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { openStoreAt, type OpenStore } from '../../store/open-log.js';
import { finishErasures } from '../erasure/finish-erasures.js';
import { pendingErasures } from '../erasure/pending-erasures.js';
import { rootOf, type LoggedErasure } from './ledger.js';
import { rootsIn } from './logged-erasures.js';

const EVENTS_PER_PAGE = 1_000;

/**
 * Takes the users of these erasures out of a copy of a SQLite store that nobody else uses: the data of their
 * events, their receipts and their rows. Its log keeps every event, position and hash, as no event is
 * appended. Returns the erasures whose users were in it.
 */
export async function eraseInFile(
  file: string,
  erasures: readonly LoggedErasure[],
): Promise<LoggedErasure[]> {
  const store = openStoreAt({ file });
  try {
    // Those that the copy's own log has come first; they may be under way in it.
    await finishAll(store);
    const held: LoggedErasure[] = [];
    for (const erasure of erasures) if (await holds(store.reader, erasure)) held.push(erasure);
    if (held.length > 0) await eraseUsers(store, [...new Set(held.map(({ userId }) => userId))]);
    return held;
  } finally {
    await store.close();
  }
}

/** Whether the log has data of the user that the erasure covers. */
async function holds(reader: StoreReader, erasure: LoggedErasure): Promise<boolean> {
  const { userId } = erasure;
  // What is after the erasure is of a new person under the same id.
  if ((await rootsIn(reader, userId)).has(rootOf(erasure))) return false;
  for (let after = 0; ;) {
    const page = await reader.events({ after, userId, limit: EVENTS_PER_PAGE });
    const last = page.at(-1);
    if (!last) return false;
    if (page.some((event) => !isErased(event))) return true;
    after = last.position;
  }
}

async function eraseUsers(store: OpenStore, userIds: readonly string[]): Promise<void> {
  const { log, reader } = store;
  const { position: head } = await reader.head();
  const before = new Map<string, ErasureRow | undefined>();
  // The database allows the change of an event only before a recorded erasure of its user.
  for (const userId of userIds) {
    await log.transaction((transaction) =>
      inBatch(transaction, (rows) => {
        before.set(userId, rows.get(erasuresTable, userId));
        rows.put(erasuresTable, { userId, position: head + 1, pending: true, reopened: null });
        for (const { tables } of PROJECTIONS) for (const table of tables) rows.removeUser(table, userId);
      }),
    );
  }
  await finishAll(store);
  // The log of the copy ends before the event that erases the user: the record comes with that event.
  for (const [userId, row] of before) {
    await log.transaction((transaction) =>
      inBatch(transaction, (rows) => {
        if (row) rows.put(erasuresTable, row);
        else if (rows.get(erasuresTable, userId)) rows.remove(erasuresTable, userId);
      }),
    );
  }
}

async function finishAll(store: OpenStore): Promise<void> {
  await finishErasures(store);
  const { users, retractions } = await pendingErasures(store.reader);
  const [left] = [...users, ...retractions];
  if (left)
    throw new Corrupt('backup.damaged', `The erasure of user ${left.userId} in a backup did not end.`);
}
