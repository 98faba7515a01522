import type { StoredEvent } from '../../events/log/event-log.js';
import type { ReceiptRow, SkipRow } from '../../events/log/log-tables.js';

// The lines of a log as a file, format 1: a header, then events by position, each followed by the receipts of its
// position, then skips, then a trailer. Each is one JSON object.

/** The newest format that this release writes and reads. */
export const FORMAT = 1;

/** The first line: what the file holds. */
export interface LogHeader {
  edgesoul: 'log';
  format: number;
  /** Every event of the range, or those of one user. */
  scope: 'all' | 'user';
  /** Only with scope `user`. */
  userId?: string;
  /** Position before the first event. */
  after: number;
  /** Hash of the event there; GENESIS for 0. */
  previousHash: string;
  /** The range ends here; with scope `all` there is an event, unless the range is empty. */
  upTo: number;
  /** ISO 8601. */
  createdAt: string;
}

/** An event as a file has it: which stream's number it gets is up to the store that takes it in. */
export type LoggedEvent = Omit<StoredEvent, 'streamKey'>;

/** The last line: without it the file is cut off. */
export interface LogTrailer {
  end: true;
  events: number;
  receipts: number;
  skips: number;
  /** Of the last event; the header's `previousHash` when there is none. */
  lastHash: string;
  /** SHA-256 over every line before this one with its line end, 64 hex digits. */
  digest: string;
}

/** One line of a file, read and checked by itself. */
export type LogEntry =
  | { kind: 'header'; line: number; header: LogHeader }
  | { kind: 'event'; line: number; event: LoggedEvent }
  | { kind: 'receipt'; line: number; receipt: ReceiptRow }
  | { kind: 'skip'; line: number; skip: SkipRow }
  | { kind: 'trailer'; line: number; trailer: LogTrailer };

/** The event's line, without its line end. */
export function eventLine({ data, hash, streamId, ...event }: LoggedEvent): string {
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
  });
  return `${envelope.slice(0, -1)},${dataMember(data)}}`;
}

/** Stored data comes back byte for byte, so it stands as JSON only where writing what was read gives the same text. */
function dataMember(data: StoredEvent['data']): string {
  if (typeof data !== 'string') return `"dataBase64":"${Buffer.from(data).toString('base64')}"`;
  return isOwnText(data) ? `"data":${data}` : `"dataText":${JSON.stringify(data)}`;
}

function isOwnText(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

/** The receipt's line, without its line end. */
export function receiptLine(receipt: ReceiptRow): string {
  const requestHash = Buffer.from(receipt.requestHash).toString('hex');
  return JSON.stringify({ receipt: { ...receipt, requestHash } });
}

/** The skip's line, without its line end. */
export function skipLine(skip: SkipRow): string {
  return JSON.stringify({ skip });
}
