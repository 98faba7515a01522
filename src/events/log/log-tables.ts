import { bytes, defineTable, integer, nullable, payload, text, type RowIn } from '../../database/table.js';

/** The log itself. Only the log adapter writes it, and never changes a row. */
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

/** One row per stream: its number, which its events carry. Written by the log adapter with the stream's first event. */
export const streamsTable = defineTable(
  'streams',
  { userId: text(), streamId: text(), streamKey: integer() },
  {
    key: ['userId', 'streamId'],
    indexes: [{ name: 'streams_key', columns: ['streamKey'], unique: true }],
  },
);

/**
 * One row per accepted idempotency key: which command it was and what was answered. A key belongs to one command of
 * the whole service, not of one user, so that its reuse on another user's route is noticed too.
 */
export const receiptsTable = defineTable(
  'receipts',
  {
    idempotencyKey: text(),
    userId: text(),
    /** SHA-256 of the command and its body. */
    requestHash: bytes(),
    status: integer(),
    body: text(),
    /** Where the log ended after the command: at its last event, if it has any. */
    position: integer(),
    recordedAt: integer(),
  },
  {
    key: ['idempotencyKey'],
    indexes: [{ name: 'receipts_position', columns: ['position', 'idempotencyKey'] }],
  },
);

/** How far each projection has folded, and with which version of its folds. */
export const checkpointsTable = defineTable(
  'checkpoints',
  { projection: text(), version: integer(), position: integer() },
  { key: ['projection'], hot: true },
);

/** Why a projection stopped: the event that its folds could not take. Gone when it has been rebuilt. */
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

/** Events that an operator has told a projection to leave out, for ever. */
export const skipsTable = defineTable(
  'skips',
  { projection: text(), eventId: text(), position: integer(), cause: text(), skippedAt: integer() },
  { key: ['projection', 'eventId'] },
);

/** The tables that every database has before any projection. */
export const LOG_TABLES = [
  eventsTable,
  streamsTable,
  receiptsTable,
  checkpointsTable,
  failuresTable,
  skipsTable,
];

export type ReceiptRow = RowIn<typeof receiptsTable>;
export type CheckpointRow = RowIn<typeof checkpointsTable>;
export type FailureRow = RowIn<typeof failuresTable>;
export type SkipRow = RowIn<typeof skipsTable>;
