import { createHash, type Hash } from 'node:crypto';
import type { Key } from '../../database/table.js';
import { Corrupt, Refused } from '../../errors.js';
import { chainHash, GENESIS } from '../../events/log/event-hash.js';
import type { StoredEvent } from '../../events/log/event-log.js';
import { isUnproven } from '../../events/log/event-seal.js';
import { receiptsTable, type ReceiptRow, type SkipRow } from '../../events/log/log-tables.js';
import { OWN_KEY, RECEIPT_ORDER, receiptKey } from '../../events/log/receipt-key.js';
import { allSkips } from '../../projections/folding/checkpoints.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { LedgerStamp } from '../backup/manifest.js';
import { pendingErasures, receiptsToErase } from '../erasure/pending-erasures.js';
import type { JobContext } from '../job-context.js';
import { eventLine, LOG_FORMAT, receiptLine, skipLine, type LogHeader, type LogTrailer } from './log-line.js';

/** Events read, and lines emitted, at once. */
const EVENTS_PER_PAGE = 500;
const RECEIPTS_PER_PAGE = 500;

/** A part of a log. */
export interface LogRange {
  /** Only events after this position; 0 for all. */
  after: number;
  /** Only events up to this position; the current end of the log when omitted. */
  upTo?: number | undefined;
  /** Only events of this user. */
  userId?: string | undefined;
  /** Number of the last backup before this part, for the header. */
  backup?: number | undefined;
  /** How far in the ledger of erasures the part is free of those who were erased, for the header. */
  ledger?: LedgerStamp | undefined;
}

/** The state after the lines so far, from which the next line continues. */
export interface LogCursor {
  readonly header: LogHeader;
  /** Position of the last event, or where the range begins. */
  position: number;
  hash: string;
  /** Sort key of the last receipt. */
  receipt: readonly Key[];
  events: number;
  receipts: number;
  skips: number;
  /** Digest of every line so far. */
  readonly digest: Hash;
}

/** Sorts before what identifies any receipt. */
const BEFORE_ALL: readonly Key[] = [Number.MIN_SAFE_INTEGER, '', '', OWN_KEY];

/** Returns the cursor before the first line. */
export function startOf(header: LogHeader): LogCursor {
  const { after: position, previousHash } = header;
  const counts = { events: 0, receipts: 0, skips: 0 };
  return {
    header,
    position,
    hash: previousHash,
    receipt: [position, ...BEFORE_ALL],
    ...counts,
    digest: newDigest(),
  };
}

function newDigest(): Hash {
  return createHash('sha256');
}

/**
 * Yields the lines of a part of the log, as text of some hundred lines at a time, in bounded memory. The
 * store may be written to at the same time. Throws Corrupt if the log's own hash chain is broken.
 */
export async function* linesOf(
  reader: StoreReader,
  range: LogRange,
  context: JobContext = {},
): AsyncGenerator<string> {
  const cursor = startOf(await headerOf(reader, range));
  yield firstLine(cursor);
  yield* linesAfter(reader, cursor, context);
}

/** Returns the header's line, and adds it to the digest. */
export function firstLine(cursor: LogCursor): string {
  return emit(cursor, [JSON.stringify(cursor.header)]);
}

/** Yields the lines after the cursor, trailer included. A file cut off after any line can be continued. */
export async function* linesAfter(
  reader: StoreReader,
  cursor: LogCursor,
  { progress, signal }: JobContext = {},
): AsyncGenerator<string> {
  const { after, upTo, userId } = cursor.header;
  const receipts = new ReceiptPages(reader, cursor);
  const reportProgress = () => progress?.(cursor.position - after, upTo - after);
  reportProgress();
  for (;;) {
    signal?.throwIfAborted();
    const events = await reader.events({ after: cursor.position, upTo, userId, limit: EVENTS_PER_PAGE });
    if (events.length === 0) break;
    yield* withReceipts(events, receipts, cursor);
    reportProgress();
  }
  if (cursor.header.scope === 'all' && cursor.position < upTo)
    throw damagedLog(cursor.position + 1, 'there is no event');
  for await (const rest of receipts.upTo(upTo)) yield emit(cursor, rest.map(receiptLine));
  const skips = await skipsOf(reader, cursor.header);
  cursor.skips = skips.length;
  yield emit(cursor, skips.map(skipLine));
  progress?.(upTo - after, upTo - after);
  yield `${JSON.stringify(trailerOf(cursor))}\n`;
}

/** Returns the trailer for the lines so far. */
export function trailerOf({ events, receipts, skips, hash, digest }: LogCursor): LogTrailer {
  return { end: true, events, receipts, skips, lastHash: hash, digest: digest.copy().digest('hex') };
}

/**
 * Returns the header of a range, whose end is fixed from now on, however much is appended later. Throws
 * Refused if the range begins after the end of the log, Corrupt if there is no event where it begins.
 */
export async function headerOf(
  reader: StoreReader,
  { after, upTo, userId, ...sealing }: LogRange,
): Promise<LogHeader> {
  const before = after === 0 ? undefined : (await reader.events({ after: after - 1, limit: 1 }))[0];
  const { position: end } = await reader.head();
  if (after > end) throw beyondEnd(after, end);
  if (after > 0 && before?.position !== after) throw damagedLog(after, 'there is no event');
  const head = upTo ?? end;
  return {
    edgesoul: 'log',
    format: LOG_FORMAT,
    storeId: await reader.storeId(),
    scope: userId === undefined ? 'all' : 'user',
    ...(userId !== undefined && { userId }),
    after,
    previousHash: before?.hash ?? GENESIS,
    upTo: Math.max(head, after),
    createdAt: new Date().toISOString(),
    ...sealing,
  };
}

/** Yields the events, each followed by the receipts of its position. */
async function* withReceipts(
  events: readonly StoredEvent[],
  receipts: ReceiptPages,
  cursor: LogCursor,
): AsyncGenerator<string> {
  const last = events.at(-1);
  if (!last) return;
  let next = 0;
  for await (const page of receipts.upTo(last.position)) {
    const lines: string[] = [];
    for (const receipt of page) {
      for (; (events[next]?.position ?? Infinity) <= receipt.position; next++)
        lines.push(lineOf(events[next] as StoredEvent, cursor));
      lines.push(receiptLine(receipt));
    }
    yield emit(cursor, lines);
  }
  yield emit(
    cursor,
    events.slice(next).map((event) => lineOf(event, cursor)),
  );
}

/** Checks the event against the hash chain, so that a damaged log is never copied unnoticed. */
function lineOf(event: StoredEvent, cursor: LogCursor): string {
  if (cursor.header.scope === 'all') {
    if (event.position !== cursor.position + 1) throw damagedLog(cursor.position + 1, 'there is no event');
    if (chainHash(cursor.hash, event) !== event.hash && !isUnproven(event))
      throw damagedLog(event.position, "the event's hash does not match");
  }
  cursor.position = event.position;
  cursor.hash = event.hash;
  cursor.events++;
  return eventLine(event);
}

/** Adds lines to the digest. Returns their text. */
export function emit({ digest }: LogCursor, lines: readonly string[]): string {
  const text = lines.map((line) => `${line}\n`).join('');
  digest.update(text);
  return text;
}

/** Returns the receipt's sort key. */
export function receiptPlace(receipt: ReceiptRow): Key[] {
  const [userId, keyHash, ...rest] = receiptKey(receipt);
  return [receipt.position, keyHash, userId, ...rest];
}

/** Reads the receipts of the range in order, each page once. */
class ReceiptPages {
  constructor(
    private readonly reader: StoreReader,
    private readonly cursor: LogCursor,
  ) {}

  /** Some receipts are about to go with what is pending. */
  private async withoutErased(page: readonly ReceiptRow[]): Promise<ReceiptRow[]> {
    const bounds = await receiptsToErase(this.reader, await pendingErasures(this.reader));
    return page.filter(({ userId, position }) => position >= (bounds.get(userId) ?? 0));
  }

  async *upTo(position: number): AsyncGenerator<ReceiptRow[]> {
    const { cursor } = this;
    const { userId } = cursor.header;
    for (;;) {
      const page = await this.reader.rows(receiptsTable, {
        filters: [
          ['position', '<=', position],
          ...(userId === undefined ? [] : [['userId', '=', userId] as const]),
        ],
        order: RECEIPT_ORDER,
        after: cursor.receipt,
        limit: RECEIPTS_PER_PAGE,
      });
      const last = page.at(-1);
      if (!last) return;
      cursor.receipt = receiptPlace(last);
      const kept = await this.withoutErased(page);
      cursor.receipts += kept.length;
      yield kept;
      if (page.length < RECEIPTS_PER_PAGE) return;
    }
  }
}

/** Returns all skips up to the range's end: they are few, and an old event may be skipped at any time. */
async function skipsOf(reader: StoreReader, { upTo, userId }: LogHeader): Promise<SkipRow[]> {
  const skips = (await allSkips(reader)).filter(({ position }) => position <= upTo);
  if (userId === undefined) return skips;
  const isOfUser = await Promise.all(
    skips.map(async ({ position }) => {
      const [event] = await reader.events({ after: position - 1, userId, limit: 1 });
      return event?.position === position;
    }),
  );
  return skips.filter((_, i) => isOfUser[i]);
}

/** The log's own hash chain is broken. */
export function damagedLog(position: number, what: string): Corrupt {
  return new Corrupt('log.damaged', `The log is damaged at position ${position}: ${what}; verify the store.`);
}

function beyondEnd(after: number, end: number): Refused {
  return new Refused(
    'export.beyond-end',
    `There are no events after position ${after}: the log ends at ${end}.`,
  );
}
