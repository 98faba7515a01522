import { bytes, defineTable, integer, nullable, payload, text, type RowIn } from '../../database/table.js';

/** The log. Only the log adapter writes to it; rows are never changed. */
export const eventsTable = defineTable(
  'events',
  {
    position: integer(),
    eventId: bytes(),
    userId: text(),
    streamKey: integer(),
    version: integer(),
    type: text(),
    schemaVersion: integer(),
    occurredAt: integer(),
    utcOffset: integer(),
    recordedAt: integer(),
    commandId: bytes(),
    correlationId: nullable(text()),
    causationId: nullable(bytes()),
    actor: text(),
    data: payload(),
    hash: bytes(),
  },
  {
    key: ['position'],
    indexes: [
      { name: 'events_stream', columns: ['streamKey', 'version'], unique: true },
      { name: 'events_user', columns: ['userId', 'position'] },
    ],
  },
);

/** One row per stream with its numeric key. The log adapter writes it with the stream's first event. */
export const streamsTable = defineTable(
  'streams',
  { userId: text(), streamId: text(), streamKey: integer() },
  {
    key: ['userId', 'streamId'],
    indexes: [{ name: 'streams_key', columns: ['streamKey'], unique: true }],
  },
);

/**
 * Receipts: one row per accepted idempotency key of a user, with the command's hash and its answer. A key
 * given to a batch has one for each command, told apart by the index, so it never meets the key of a single
 * command.
 */
export const receiptsTable = defineTable(
  'receipts',
  {
    userId: text(),
    /** See `keyHash`. */
    keyHash: integer(),
    idempotencyKey: text(),
    /** Index of the command in its batch; -1 for a command's own key. */
    batchIndex: integer(),
    /** SHA-256 of the command's name, user and input, or of the whole batch that the key stands for. */
    requestHash: bytes(),
    status: integer(),
    body: text(),
    /** Head position after the command: its last event, if it appended any. */
    position: integer(),
    recordedAt: integer(),
  },
  {
    key: ['userId', 'keyHash', 'idempotencyKey', 'batchIndex'],
    indexes: [
      { name: 'receipts_key', columns: ['keyHash'] },
      { name: 'receipts_position', columns: ['position', 'keyHash'] },
    ],
    insertOnly: true,
  },
);

/** Checkpoints: the position that each projection has folded up to, and the version of its folds. */
export const checkpointsTable = defineTable(
  'checkpoints',
  { projection: text(), version: integer(), position: integer() },
  { key: ['projection'], hot: true },
);

/** The poison event at which a projection stopped, and why. Deleted once the projection is past the event. */
export const failuresTable = defineTable(
  'failures',
  {
    projection: text(),
    position: integer(),
    eventId: text(),
    cause: text(),
    failedAt: integer(),
  },
  { key: ['projection'] },
);

/** The events that projections skip permanently on the order of an operator. */
export const skipsTable = defineTable(
  'skips',
  { projection: text(), eventId: text(), position: integer(), cause: text(), skippedAt: integer() },
  { key: ['projection', 'eventId'] },
);

/**
 * One row: the UUID that names the store. It is made with the store, is in its backups and feeds, and never
 * changes once the store has events.
 */
export const storeIdentityTable = defineTable('store_identity', { storeId: text() }, { key: ['storeId'] });

/**
 * Ends of the log that a restore, a reset or an operator has given up: events that were in it once, and are
 * missing on purpose. `hash` has the first 16 digits of the hash of the event there.
 */
export const givenUpEndsTable = defineTable(
  'given_up_ends',
  { position: integer(), hash: text(), givenUpAt: integer() },
  { key: ['position', 'hash'] },
);

/** What is to be known of the store as a whole, such as an import that has not ended. */
export const storeMarksTable = defineTable(
  'store_marks',
  { name: text(), value: text(), markedAt: integer() },
  { key: ['name'] },
);

/** The tables of the log; projections add their own. */
export const LOG_TABLES = [
  eventsTable,
  streamsTable,
  receiptsTable,
  checkpointsTable,
  failuresTable,
  skipsTable,
  storeIdentityTable,
  givenUpEndsTable,
  storeMarksTable,
];

export type ReceiptRow = RowIn<typeof receiptsTable>;
export type CheckpointRow = RowIn<typeof checkpointsTable>;
export type FailureRow = RowIn<typeof failuresTable>;
export type SkipRow = RowIn<typeof skipsTable>;
export type GivenUpEndRow = RowIn<typeof givenUpEndsTable>;
export type StoreMarkRow = RowIn<typeof storeMarksTable>;
