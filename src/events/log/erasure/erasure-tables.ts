import { boolean, defineTable, integer, json, nullable, text, type RowIn } from '../../../database/table.js';

/**
 * The users who were erased, with the position of the last event that did it. It is written with that event.
 * While it is pending, the events before are read as erased, whether or not their data is gone already.
 */
export const erasuresTable = defineTable(
  'erasures',
  {
    userId: text(),
    position: integer(),
    pending: boolean(),
    /** Position of the event after which the id is a new user's; null as long as nobody has it. */
    reopened: nullable(integer()),
  },
  {
    key: ['userId'],
    indexes: [
      { name: 'erasures_pending', columns: ['pending', 'userId'] },
      { name: 'erasures_position', columns: ['position'] },
    ],
  },
);

/**
 * The files of the backup folder that had an erased user and were rewritten without: one row for each erasure
 * and file. Nothing of the log; a restored store does not have what was rewritten since its backup.
 */
export const erasedCopiesTable = defineTable(
  'erased_copies',
  {
    /** The id of the event that erased the user. */
    erasureId: text(),
    /** Name of the file in the backup folder. */
    file: text(),
    /** SHA-256 of the file before and after, 64 hex digits. */
    previousSha256: text(),
    sha256: text(),
    rewrittenAt: integer(),
  },
  { key: ['erasureId', 'file'] },
);

/** What an erasure has removed: counts only. */
export interface RemovedByErasure {
  /** Events whose data is gone. */
  events: number;
  /** Stored answers for retries. */
  receipts: number;
  /** Rows of projections, by table; a table without any is left out. */
  rows: Record<string, number>;
}

/**
 * Every erasure, by the position of its event: what the certificate says beside the event. The counts are
 * written with the removal of what they count.
 */
export const erasureRecordsTable = defineTable(
  'erasure_records',
  {
    position: integer(),
    /** The id of the event. */
    erasureId: text(),
    userId: text(),
    /** Null for an erasure that a release without these records has done. */
    removed: nullable(json<RemovedByErasure>()),
    /** When the last of it was gone; null before, and where it is not known. */
    endedAt: nullable(integer()),
  },
  {
    key: ['userId', 'position'],
    indexes: [
      { name: 'erasure_records_id', columns: ['erasureId'], unique: true },
      { name: 'erasure_records_position', columns: ['position'], unique: true },
    ],
  },
);

export type ErasureRow = RowIn<typeof erasuresTable>;
export type ErasedCopyRow = RowIn<typeof erasedCopiesTable>;
export type ErasureRecordRow = RowIn<typeof erasureRecordsTable>;
