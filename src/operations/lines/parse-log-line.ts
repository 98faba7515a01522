import type { StoredData } from '../../events/log/event-codec.js';
import { ERASED_DATA, isErased } from '../../events/log/event-seal.js';
import type { ReceiptRow, SkipRow } from '../../events/log/log-tables.js';
import { keyHash, OWN_KEY } from '../../events/log/receipt-key.js';
import { currentSpelling } from '../../events/streams.js';
import { damagedFile, foreignFile, newerFile } from './file-errors.js';
import { LOG_FORMAT, type LoggedEvent, type LogHeader, type LogTrailer } from './log-line.js';

/**
 * Format 1 has stream ids in their first spelling and no receipts of batches, format 2 has no seals and no
 * erased events.
 */
const FORMATS: ReadonlySet<unknown> = new Set([1, 2, LOG_FORMAT]);

type Fields = Record<string, unknown>;
type Check = readonly [is: (value: unknown) => boolean, what: string];

const HASH = /^[0-9a-f]{64}$/;
const SEAL = /^(?:[0-9a-f]{32}|[0-9a-f]{64})$/;
/** The spelling of `uuidText`; any other would not come back the same. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const text: Check = [(value) => typeof value === 'string', 'a text'];
const name: Check = [(value) => typeof value === 'string' && value !== '', 'a text that is not empty'];
const integer: Check = [Number.isSafeInteger, 'a whole number'];
const count: Check = [(value) => Number.isSafeInteger(value) && Number(value) >= 0, 'a whole number from 0'];
const positiveInteger: Check = [
  (value) => Number.isSafeInteger(value) && Number(value) > 0,
  'a whole number from 1',
];
const hash: Check = [matches(HASH), 'a SHA-256 of 64 hex digits'];
const uuid: Check = [matches(UUID), 'a UUID'];
const uuidOrNull: Check = [(value) => value === null || matches(UUID)(value), 'a UUID or null'];
const instant: Check = [(value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)), 'a time'];

const EVENT_FIELDS: Record<string, Check> = {
  position: positiveInteger,
  eventId: uuid,
  streamId: name,
  version: positiveInteger,
  type: name,
  schemaVersion: positiveInteger,
  userId: name,
  occurredAt: integer,
  utcOffset: integer,
  recordedAt: integer,
  commandId: uuid,
  correlationId: text,
  causationId: uuidOrNull,
  actor: text,
  hash,
  seal: [(value) => value === undefined || matches(SEAL)(value), 'a salt of 32 hex digits or a digest of 64'],
};

const RECEIPT_FIELDS: Record<Exclude<keyof ReceiptRow, 'keyHash'>, Check> = {
  idempotencyKey: name,
  userId: name,
  batchIndex: [(value) => value === undefined || Number.isSafeInteger(value), 'a whole number'],
  requestHash: hash,
  status: integer,
  body: text,
  position: count,
  recordedAt: integer,
};

const SKIP_FIELDS: Record<keyof SkipRow, Check> = {
  projection: name,
  eventId: uuid,
  position: positiveInteger,
  cause: text,
  skippedAt: integer,
};

const HEADER_FIELDS: Record<string, Check> = {
  scope: [(value) => value === 'all' || value === 'user', '"all" or "user"'],
  after: count,
  previousHash: hash,
  upTo: count,
  createdAt: instant,
};

const TRAILER_FIELDS: Record<string, Check> = {
  events: count,
  receipts: count,
  skips: count,
  lastHash: hash,
  digest: hash,
};

/** Parses the first line. Throws FileRefused for a file of another program or of a newer release. */
export function parseHeader(line: string): LogHeader {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch (cause) {
    throw foreignFile('its first line is not JSON', cause);
  }
  if (!isObject(fields) || fields['edgesoul'] !== 'log')
    throw foreignFile('its first line does not contain {"edgesoul":"log"}');
  if (!FORMATS.has(fields['format'])) throw newerFile(fields['format']);
  checkFields(fields, HEADER_FIELDS, 1);
  if (fields['scope'] === 'user') checkFields(fields, { userId: name }, 1);
  if (fields['storeId'] !== undefined) checkFields(fields, { storeId: uuid }, 1);
  return fields as unknown as LogHeader;
}

/** A parsed line other than the header. */
export type ParsedLine =
  | { event: LoggedEvent }
  | { receipt: ReceiptRow }
  | { skip: SkipRow }
  | { trailer: LogTrailer };

/** Parses a line other than the header. Throws FileRefused, naming the line. */
export function parseLine(content: string, line: number): ParsedLine {
  const fields = objectOf(content, line);
  if ('position' in fields) return { event: eventOf(fields, line) };
  if ('receipt' in fields) return { receipt: receiptOf(fields['receipt'], line) };
  if ('skip' in fields)
    return { skip: checkedFields(fields['skip'], SKIP_FIELDS, line) as unknown as SkipRow };
  if (fields['end'] === true)
    return { trailer: checkedFields(fields, TRAILER_FIELDS, line) as unknown as LogTrailer };
  throw damagedFile({ line }, 'it is not an event, a receipt, a skip or the trailer');
}

function eventOf(fields: Fields, line: number): LoggedEvent {
  const { data: _data, dataText: _text, dataBase64: _base64, erased: _erased, ...envelope } = fields;
  checkFields(envelope, EVENT_FIELDS, line);
  const stored = dataOf(fields);
  const place = { line, position: Number(fields['position']) };
  if (stored === undefined) throw damagedFile(place, 'it has no data');
  if (!isSealOf(fields['seal'], stored)) throw damagedFile(place, 'its seal is not that of its data');
  const event = { ...envelope, data: stored } as unknown as LoggedEvent;
  return { ...event, streamId: currentSpelling(event.userId, event.streamId) };
}

function dataOf(fields: Fields): StoredData | undefined {
  if (fields['erased'] === true) return ERASED_DATA;
  if ('data' in fields) return JSON.stringify(fields['data']);
  if (typeof fields['dataText'] === 'string') return fields['dataText'];
  if (matches(BASE64)(fields['dataBase64'])) return Buffer.from(String(fields['dataBase64']), 'base64');
  return undefined;
}

/** An erased event has a digest, or nothing if it never had a salt; any other has a salt or nothing. */
function isSealOf(seal: unknown, data: StoredData): boolean {
  return seal === undefined || matches(HASH)(seal) === isErased({ data });
}

function receiptOf(value: unknown, line: number): ReceiptRow {
  const fields = checkedFields(value, RECEIPT_FIELDS, line);
  const requestHash = Buffer.from(String(fields['requestHash']), 'hex');
  const receipt = { batchIndex: OWN_KEY, ...fields, requestHash } as unknown as ReceiptRow;
  return { ...receipt, keyHash: keyHash(receipt) };
}

function checkedFields(value: unknown, checks: Record<string, Check>, line: number): Fields {
  if (!isObject(value)) throw damagedFile({ line }, 'it is not a JSON object');
  checkFields(value, checks, line);
  return value;
}

function checkFields(fields: Fields, checks: Record<string, Check>, line: number): void {
  for (const field in checks) {
    const [is, what] = checks[field] as Check;
    if (!is(fields[field])) throw damagedFile({ line }, `"${field}" is not ${what}`);
  }
}

function objectOf(content: string, line: number): Fields {
  let fields: unknown;
  try {
    fields = JSON.parse(content);
  } catch (cause) {
    throw damagedFile({ line }, 'it is not JSON', cause);
  }
  if (!isObject(fields)) throw damagedFile({ line }, 'it is not a JSON object');
  return fields;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function matches(pattern: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && pattern.test(value);
}
