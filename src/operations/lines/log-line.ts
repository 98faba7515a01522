import type { StoredEvent } from '../../events/log/event-log.js';
import { isErased } from '../../events/log/event-seal.js';
import type { ReceiptRow, SkipRow } from '../../events/log/log-tables.js';
import { OWN_KEY } from '../../events/log/receipt-key.js';
import type { LedgerStamp } from '../backup/manifest.js';

// A log as a file of lines, format 3: a header, then the events by position, each followed by the receipts of
// its position, then the skips, then a trailer. Each line is one JSON object.

/** The file format that this release writes; it also reads formats 1 and 2, whose events have no seal. */
export const LOG_FORMAT = 3;

/** The first line: which part of a log the file contains. */
export interface LogHeader {
  edgesoul: 'log';
  format: number;
  /** The UUID that names the store; absent in a file of a release whose stores had none. */
  storeId?: string;
  /** Every event of the range, or those of one user. */
  scope: 'all' | 'user';
  /** Only with scope `user`. */
  userId?: string;
  /** Position before the first event; 0 for the beginning of the log. */
  after: number;
  /** Hash of the event at `after`; GENESIS for 0. */
  previousHash: string;
  /** Last position of the range. With scope `all` it has an event, unless the range is empty. */
  upTo: number;
  /** ISO 8601. */
  createdAt: string;
  /** Only in a segment: the number of the last backup before it in its folder. */
  backup?: number | undefined;
  /** Only in a segment: how far it is free of those who were erased, as in a manifest. */
  ledger?: LedgerStamp | undefined;
  /** Only in a segment that was written again without erased users: when, and what it was before. */
  rewritten?: { at: string; previousSha256: string };
}

/** An event as a file contains it, without its stream key, which the importing store assigns. */
export type LoggedEvent = Omit<StoredEvent, 'streamKey'>;

/** The last line. A file without it is truncated. */
export interface LogTrailer {
  end: true;
  events: number;
  receipts: number;
  skips: number;
  /** Hash of the last event; the header's `previousHash` if there is none. */
  lastHash: string;
  /** SHA-256 over every line before this one, line ends included, 64 hex digits. */
  digest: string;
}

/** One line of a file, parsed and checked. */
export type LogEntry =
  | { kind: 'header'; line: number; header: LogHeader }
  | { kind: 'event'; line: number; event: LoggedEvent }
  | { kind: 'receipt'; line: number; receipt: ReceiptRow }
  | { kind: 'skip'; line: number; skip: SkipRow }
  | { kind: 'trailer'; line: number; trailer: LogTrailer };

/** Returns the event's line, without its line end. */
export function eventLine({ data, seal, hash, streamId, ...event }: LoggedEvent): string {
  const envelope = JSON.stringify({
    position: event.position,
    eventId: event.eventId,
    streamId,
    version: event.version,
    type: event.type,
    schemaVersion: event.schemaVersion,
    userId: event.userId,
    occurredAt: event.occurredAt,
    utcOffset: event.utcOffset,
    recordedAt: event.recordedAt,
    commandId: event.commandId,
    correlationId: event.correlationId,
    causationId: event.causationId,
    actor: event.actor,
    hash,
    ...(seal && { seal }),
  });
  return `${envelope.slice(0, -1)},${isErased({ data }) ? ERASED_MEMBER : dataMember(data)}}`;
}

/** Stands where an erased event had its data. */
const ERASED_MEMBER = '"erased":true';

/**
 * Stored data must come back byte for byte: it is embedded as JSON only if a round trip does not change it.
 */
function dataMember(data: StoredEvent['data']): string {
  if (typeof data !== 'string') return `"dataBase64":"${Buffer.from(data).toString('base64')}"`;
  return isCanonicalJson(data) ? `"data":${data}` : `"dataText":${JSON.stringify(data)}`;
}

function isCanonicalJson(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

/** Returns the receipt's line. The index is left out of a command's own key, as before there were any. */
export function receiptLine({ keyHash: _hash, batchIndex, requestHash, ...receipt }: ReceiptRow): string {
  return JSON.stringify({
    receipt: {
      idempotencyKey: receipt.idempotencyKey,
      ...(batchIndex !== OWN_KEY && { batchIndex }),
      userId: receipt.userId,
      requestHash: Buffer.from(requestHash).toString('hex'),
      status: receipt.status,
      body: receipt.body,
      position: receipt.position,
      recordedAt: receipt.recordedAt,
    },
  });
}

export function skipLine(skip: SkipRow): string {
  return JSON.stringify({ skip });
}
