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
 * Receipts: one row per accepted idempotency key, with the command's hash and its answer. A key is unique
 * across all users, so that its reuse on another user's route is detected too.
 */
export const receiptsTable = defineTable(
  'receipts',
  {
    idempotencyKey: text(),
    userId: text(),
    /** SHA-256 of the command's name, user and input, and of the batch that the key stands for, if any. */
    requestHash: bytes(),
    status: integer(),
    body: text(),
    /** Head position after the command: its last event, if it appended any. */
    position: integer(),
    recordedAt: integer(),
  },
  {
    key: ['idempotencyKey'],
    indexes: [{ name: 'receipts_position', columns: ['position', 'idempotencyKey'] }],
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
 * One row: the UUID that names the store. It is made with the store, is in its backups and feeds, and never changes
 * once the store has events.
 */
export const storeIdentityTable = defineTable('store_identity', { storeId: text() }, { key: ['storeId'] });

/** The tables of the log; projections add their own. */
export const LOG_TABLES = [
  eventsTable,
  streamsTable,
  receiptsTable,
  checkpointsTable,
  failuresTable,
  skipsTable,
  storeIdentityTable,
];

export type ReceiptRow = RowIn<typeof receiptsTable>;
export type CheckpointRow = RowIn<typeof checkpointsTable>;
export type FailureRow = RowIn<typeof failuresTable>;
export type SkipRow = RowIn<typeof skipsTable>;
