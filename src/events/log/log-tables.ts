import {
  bytes,
  defineTable,
  integer,
  json,
  nullable,
  payload,
  text,
  type RowIn,
} from '../../database/table.js';
import { erasedCopiesTable, erasureRecordsTable, erasuresTable } from './erasure/erasure-tables.js';
import { retractedEventsTable, retractionsTable } from './retraction/retraction-tables.js';

/** The log. Only the log adapter writes to it; rows are never changed, but for the erasure of their data. */
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
    /** Empty once the event is erased. */
    data: payload(),
    hash: bytes(),
    /** See `event-seal.ts`. */
    seal: nullable(bytes()),
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

/**
 * Access keys, one row per name: a revoked or expired one stays, so that no other key gets its name. Nothing
 * of the log: no event, export or backup has it.
 */
export const accessKeysTable = defineTable(
  'access_keys',
  {
    name: text(),
    /** The public part of the token, by which a request's key is found. */
    keyId: text(),
    /** SHA-256 of the token. */
    hash: bytes(),
    /** SHA-256 of the token before the last rotation, which is valid until `formerUntil`. */
    formerHash: nullable(bytes()),
    formerUntil: nullable(integer()),
    scopes: json<string[]>(),
    /** User ids, or beginnings of ids with a star at the end; null for all users. */
    users: nullable(json<string[]>()),
    /** The tenant whose store the key opens; `default` for this one. */
    tenant: text(),
    createdAt: integer(),
    expiresAt: nullable(integer()),
    revokedAt: nullable(integer()),
    /** Written now and then: see `KeyRing`. */
    lastUsedAt: nullable(integer()),
  },
  { key: ['name'], indexes: [{ name: 'access_keys_id', columns: ['keyId'], unique: true }] },
);

/**
 * What counts against the quotas, one row per user and one with the empty id for the whole store. The writer
 * keeps it with the events, only while there are quotas; see `Usage`.
 */
export const quotaUsageTable = defineTable(
  'quota_usage',
  {
    userId: text(),
    /** Events up to this position are counted; of a user the last one that was. */
    position: integer(),
    /** Hash of the event at the position, so that a row of another log is recognised. */
    hash: text(),
    /** The last day with events: days since 1970 UTC, by the time of recording. */
    day: integer(),
    /** Events of that day. */
    events: integer(),
    /** Bytes of the data of all events, as they are stored. */
    bytes: integer(),
    /** Memories when the user last wrote, with those that have expired. */
    memories: integer(),
  },
  { key: ['userId'], hot: true },
);

/**
 * Who read what of a person, while `AUDIT_READS` is on; with the empty id what may be of anybody, such as a
 * report. Nothing of the log, and never what was read.
 */
export const personReadsTable = defineTable(
  'person_reads',
  {
    userId: text(),
    at: integer(),
    readId: text(),
    keyName: text(),
    scopes: json<string[]>(),
    method: text(),
    /** The pattern of the path. */
    route: text(),
    status: integer(),
    requestId: text(),
  },
  { key: ['userId', 'at', 'readId'], indexes: [{ name: 'person_reads_at', columns: ['at'] }] },
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
  erasuresTable,
  erasureRecordsTable,
  retractionsTable,
  retractedEventsTable,
  erasedCopiesTable,
  accessKeysTable,
  quotaUsageTable,
  personReadsTable,
];

export type ReceiptRow = RowIn<typeof receiptsTable>;
export type CheckpointRow = RowIn<typeof checkpointsTable>;
export type FailureRow = RowIn<typeof failuresTable>;
export type SkipRow = RowIn<typeof skipsTable>;
export type GivenUpEndRow = RowIn<typeof givenUpEndsTable>;
export type AccessKeyRow = RowIn<typeof accessKeysTable>;
export type StoreMarkRow = RowIn<typeof storeMarksTable>;
export type QuotaUsageRow = RowIn<typeof quotaUsageTable>;
export type PersonReadRow = RowIn<typeof personReadsTable>;
