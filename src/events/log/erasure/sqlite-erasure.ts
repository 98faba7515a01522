import type Database from 'better-sqlite3';
import type { StoredData } from '../event-codec.js';
import type { Erasure, ErasureStep, ErasureStepDone, ReceiptBounds, ReceiptStepDone } from '../event-log.js';
import { ERASED_DATA, dataDigest } from '../event-seal.js';

const UNERASED = `select position, data, lower(hex(seal)) as seal from events
  where user_id = ? and position > ? and position < ? and type <> 'user.erased' and length(data) > 0
  order by position limit ?`;

const UNERASED_RETRACTED = `select e.position, e.data, lower(hex(e.seal)) as seal
  from retracted_events k join events e on e.position = k.position and e.user_id = k.user_id
  where k.user_id = ? and k.retraction = ? and k.position > ? and length(e.data) > 0 and length(e.seal) = 16
  order by k.position limit ?`;

/** Receipts have no index by user: it would cost every command more than this scan costs an erasure. */
const RECEIPTS = 'select id, user_id as userId, position from receipts where id > ? order by id limit ?';

/** Pages of a full-text index that one step merges. */
const PAGES_PER_MERGE = 256;

/** Erases the data of the user's next events; see LogTransaction. */
export function eraseEvents(
  db: Database.Database,
  { userId, position }: Erasure,
  { after, limit }: ErasureStep,
): ErasureStepDone | undefined {
  return eraseRows(db, db.prepare(UNERASED).all(userId, after, position, limit) as Unerased[]);
}

/** Erases the data of the next events that the retraction names; see LogTransaction. */
export function eraseRetracted(
  db: Database.Database,
  { userId, position }: Erasure,
  { after, limit }: ErasureStep,
): ErasureStepDone | undefined {
  return eraseRows(db, db.prepare(UNERASED_RETRACTED).all(userId, position, after, limit) as Unerased[]);
}

interface Unerased {
  position: number;
  data: StoredData;
  /** Empty if there is none. */
  seal: string;
}

function eraseRows(db: Database.Database, rows: readonly Unerased[]): ErasureStepDone | undefined {
  const erase = db.prepare('update events set data = ?, seal = ? where position = ?');
  for (const { position: at, data, seal } of rows) {
    const digest = dataDigest({ data, seal: seal || null });
    erase.run(ERASED_DATA, digest === null ? null : Buffer.from(digest, 'hex'), at);
  }
  const last = rows.at(-1);
  const bytes = rows.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0);
  return last && { upTo: last.position, erased: rows.length, bytes };
}

/** Removes the receipts of the users among the next ones; see LogTransaction. */
export function eraseReceipts(
  db: Database.Database,
  bounds: ReceiptBounds,
  { after, limit }: ErasureStep,
): ReceiptStepDone | undefined {
  const page = db.prepare(RECEIPTS).all(after, limit) as { id: number; userId: string; position: number }[];
  const last = page.at(-1);
  if (!last) return undefined;
  const remove = db.prepare('delete from receipts where id = ?');
  const erased = new Map<string, number>();
  for (const { id, userId, position } of page) {
    if (position >= (bounds.get(userId) ?? 0)) continue;
    remove.run(id);
    erased.set(userId, (erased.get(userId) ?? 0) + 1);
  }
  return { upTo: last.id, erased };
}

/**
 * Merges a part of a contentless full-text index: it keeps the terms of removed rows until their segments are
 * merged. Returns whether there is more to merge.
 */
export function mergeIndex(db: Database.Database, index: string): boolean {
  const before = db.prepare('select total_changes()').pluck().get() as number;
  db.prepare(`insert into ${index} (${index}, rank) values ('merge', ?)`).run(-PAGES_PER_MERGE);
  // FTS5 counts the statement itself, and at least one change more if it merged anything.
  return (db.prepare('select total_changes()').pluck().get() as number) - before >= 2;
}

/** Writes the write-ahead log into the file and empties it. Returns false if a reader still needs it. */
export function emptyWriteAheadLog(db: Database.Database): boolean {
  const [result] = db.pragma('wal_checkpoint(truncate)') as { busy: number }[];
  return result?.busy === 0;
}
