import type { StoreError } from '../../errors.js';
import { USER_ERASED, userErased } from '../../events/erasure/user-erased.event.js';
import { jsonCodec } from '../../events/log/event-codec.js';
import { chainHash } from '../../events/log/event-hash.js';
import { untilLoaded, type EventLog, type LogTransaction } from '../../events/log/event-log.js';
import { newSalt } from '../../events/log/event-seal.js';
import { erasureStream } from '../../events/streams.js';
import { newId } from '../../events/uuid.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { countErased } from '../erasure/count-erased.js';
import { finishErasures } from '../erasure/finish-erasures.js';
import { pendingErasures } from '../erasure/pending-erasures.js';
import { appendLines } from '../lines/append-lines.js';
import type { LoggedEvent } from '../lines/log-line.js';
import { rootOf, type LoggedErasure } from './ledger.js';
import { rootsIn } from './logged-erasures.js';

/** A store that no service has yet. */
interface ErasedAgainParts {
  log: EventLog;
  reader: StoreReader;
  /** Who repeats the erasures: the actor of the events. */
  actor: string;
  /** Brings the projections to the head of the log. */
  fold: () => Promise<unknown>;
  refused: (what: string) => StoreError;
}

/**
 * Erases in a store that was restored or imported everyone whose erasure the log lacks, before the store
 * serves: the event that says so is appended once more, and the data goes as at any erasure. Returns how many
 * erasures were repeated. One that the log has, or a repetition of it, is not touched: the user may be a new
 * person since.
 */
export async function eraseAgain(
  erasures: readonly LoggedErasure[],
  { log, reader, actor, fold, refused }: ErasedAgainParts,
): Promise<number> {
  const missing = await missingIn(reader, erasures);
  for (const erasure of missing) {
    // Counted one after another: a user may have been erased more than once.
    const counted = await countErased(reader, erasure.userId);
    await log.transaction(async (transaction) => {
      const data = { ...counted, repeats: rootOf(erasure) };
      const event = await repetition(transaction, erasure, { actor, data });
      await appendLines(transaction, { events: [event], receipts: [], skips: [] }, refused);
    });
  }
  if (missing.length > 0) await fold();
  // Also those that came with the backup or the lines, and are pending in them.
  await finishErasures({ log, reader });
  const { users, retractions } = await pendingErasures(reader);
  const [left] = [...users, ...retractions];
  if (left)
    throw refused(`the erasure of user ${left.userId} could not be finished: something else reads it`);
  return missing.length;
}

async function missingIn(reader: StoreReader, erasures: readonly LoggedErasure[]): Promise<LoggedErasure[]> {
  // An empty log has nobody, and may still become the log of another store.
  if ((await reader.head()).position === 0) return [];
  const missing: LoggedErasure[] = [];
  const roots = new Set<string>();
  for (const erasure of erasures) {
    const root = rootOf(erasure);
    if (roots.has(root)) continue;
    roots.add(root);
    if (!(await rootsIn(reader, erasure.userId)).has(root)) missing.push(erasure);
  }
  return missing;
}

/** The event that erases the user again, at the head of the log. */
async function repetition(
  transaction: LogTransaction,
  { userId, erasedAt }: LoggedErasure,
  { actor, data }: { actor: string; data: object },
): Promise<LoggedEvent> {
  const { head } = transaction;
  const streamId = erasureStream(userId);
  const version = await untilLoaded(transaction, () => transaction.stream(userId, streamId)?.version ?? 0);
  const commandId = newId();
  const event = {
    position: head.position + 1,
    eventId: newId(),
    streamId,
    version: version + 1,
    type: USER_ERASED,
    schemaVersion: userErased.version,
    userId,
    occurredAt: erasedAt,
    utcOffset: 0,
    recordedAt: Math.max(head.recordedAt, Date.now()),
    commandId,
    correlationId: commandId,
    causationId: null,
    actor,
    data: jsonCodec.encode(data, userId),
    seal: newSalt(),
  };
  return { ...event, hash: chainHash(head.hash, event) };
}
