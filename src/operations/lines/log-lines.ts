import { createHash, type Hash } from 'node:crypto';
import { Corrupt, Refused } from '../../errors.js';
import { chainHash, GENESIS } from '../../events/log/event-hash.js';
import type { StoredEvent } from '../../events/log/event-log.js';
import { receiptsTable, skipsTable, type ReceiptRow, type SkipRow } from '../../events/log/log-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { JobContext } from '../job-context.js';
import { eventLine, FORMAT, receiptLine, skipLine, type LogHeader, type LogTrailer } from './log-line.js';

/** Events read, and lines given on, at once. */
const EVENTS_PER_PAGE = 500;
const RECEIPTS_PER_PAGE = 500;

/** Which part of a log. */
export interface LogRange {
  /** Events after this position; 0 for all. */
  after: number;
  /** And up to this one; the end of the log as it is now when left out. */
  upTo?: number | undefined;
  /** Only this user's. */
  userId?: string | undefined;
}

/** What the lines before have said: what the next ones go on from. */
export interface LogCursor {
  readonly header: LogHeader;
  /** Of the last event, or where the range begins. */
  position: number;
  hash: string;
  /** Place of the last receipt. */
  receipt: readonly [position: number, idempotencyKey: string];
  events: number;
  receipts: number;
  skips: number;
  /** Over every line so far. */
  readonly digest: Hash;
}

/** Nothing yet but what the header will say. */
export function startOf(header: LogHeader): LogCursor {
  const { after: position, previousHash } = header;
  const counts = { events: 0, receipts: 0, skips: 0 };
  return { header, position, hash: previousHash, receipt: [position, ''], ...counts, digest: newDigest() };
}

function newDigest(): Hash {
  return createHash('sha256');
}

/**
 * The lines of a part of the log, as text of some hundred lines at a time; takes bounded memory, and the store may be
 * written meanwhile. Throws Corrupt where the log's own chain is broken.
 */
export async function* linesOf(
  reader: StoreReader,
  range: LogRange,
  context: JobContext = {},
): AsyncGenerator<string> {
  const soFar = startOf(await headerOf(reader, range));
  yield firstLine(soFar);
  yield* linesAfter(reader, soFar, context);
}

/** The header, as it stands in the file. */
export function firstLine(soFar: LogCursor): string {
  return emit(soFar, [JSON.stringify(soFar.header)]);
}

/** The lines that follow on those before, up to the trailer: a file may be cut behind any line and go on from there. */
export async function* linesAfter(
  reader: StoreReader,
  soFar: LogCursor,
  { progress, signal }: JobContext = {},
): AsyncGenerator<string> {
  const { after, upTo, userId } = soFar.header;
  const receipts = new Receipts(reader, soFar);
  const told = () => progress?.(soFar.position - after, upTo - after);
  told();
  for (;;) {
    signal?.throwIfAborted();
    const page = await reader.events({ after: soFar.position, userId, limit: EVENTS_PER_PAGE });
    const events = page.filter(({ position }) => position <= upTo);
    yield* merged(events, receipts, soFar);
    told();
    if (page.length < EVENTS_PER_PAGE || events.length < page.length) break;
  }
  if (soFar.header.scope === 'all' && soFar.position < upTo)
    throw damagedLog(soFar.position + 1, 'there is no event');
  for await (const rest of receipts.upTo(upTo)) yield emit(soFar, rest.map(receiptLine));
  const skips = await skipsOf(reader, soFar.header);
  soFar.skips = skips.length;
  yield emit(soFar, skips.map(skipLine));
  progress?.(upTo - after, upTo - after);
  yield `${JSON.stringify(trailerOf(soFar))}\n`;
}

/** What the last line says. */
export function trailerOf({ events, receipts, skips, hash, digest }: LogCursor): LogTrailer {
  return { end: true, events, receipts, skips, lastHash: hash, digest: digest.copy().digest('hex') };
}

/** What the first line will say: a range whose end stays where it is, however much is written meanwhile. */
export async function headerOf(reader: StoreReader, { after, upTo, userId }: LogRange): Promise<LogHeader> {
  const before = after === 0 ? undefined : (await reader.events({ after: after - 1, limit: 1 }))[0];
  const { position: end } = await reader.head();
  if (after > end) throw beyondEnd(after, end);
  if (after > 0 && before?.position !== after) throw damagedLog(after, 'there is no event');
  const head = upTo ?? end;
  return {
    edgesoul: 'log',
    format: FORMAT,
    scope: userId === undefined ? 'all' : 'user',
    ...(userId !== undefined && { userId }),
    after,
    previousHash: before?.hash ?? GENESIS,
    upTo: Math.max(head, after),
    createdAt: new Date().toISOString(),
  };
}

/** The events with the receipts of their positions behind them. */
async function* merged(
  events: readonly StoredEvent[],
  receipts: Receipts,
  soFar: LogCursor,
): AsyncGenerator<string> {
  const last = events.at(-1);
  if (!last) return;
  let next = 0;
  for await (const page of receipts.upTo(last.position)) {
    const lines: string[] = [];
    for (const receipt of page) {
      for (; (events[next]?.position ?? Infinity) <= receipt.position; next++)
        lines.push(lineOf(events[next] as StoredEvent, soFar));
      lines.push(receiptLine(receipt));
    }
    yield emit(soFar, lines);
  }
  yield emit(
    soFar,
    events.slice(next).map((event) => lineOf(event, soFar)),
  );
}

/** Checks the event against the chain, so that a damaged log is not taken for a good copy. */
function lineOf(event: StoredEvent, soFar: LogCursor): string {
  if (soFar.header.scope === 'all') {
    if (event.position !== soFar.position + 1) throw damagedLog(soFar.position + 1, 'there is no event');
    if (chainHash(soFar.hash, event) !== event.hash)
      throw damagedLog(event.position, 'the hash of the event does not fit');
  }
  soFar.position = event.position;
  soFar.hash = event.hash;
  soFar.events++;
  return eventLine(event);
}

function emit({ digest }: LogCursor, lines: readonly string[]): string {
  const text = lines.map((line) => `${line}\n`).join('');
  digest.update(text);
  return text;
}

/** The receipts of the range, in order, each page once. */
class Receipts {
  constructor(
    private readonly reader: StoreReader,
    private readonly soFar: LogCursor,
  ) {}

  async *upTo(position: number): AsyncGenerator<ReceiptRow[]> {
    const { soFar } = this;
    const { userId } = soFar.header;
    for (;;) {
      const page = await this.reader.rows(receiptsTable, {
        filters: [
          ['position', '<=', position],
          ...(userId === undefined ? [] : [['userId', '=', userId] as const]),
        ],
        order: ['position', 'idempotencyKey'],
        after: soFar.receipt,
        limit: RECEIPTS_PER_PAGE,
      });
      const last = page.at(-1);
      if (!last) return;
      soFar.receipt = [last.position, last.idempotencyKey];
      soFar.receipts += page.length;
      yield page;
      if (page.length < RECEIPTS_PER_PAGE) return;
    }
  }
}

/** Operators make few of them, and may skip an event long after it was written: all up to the end of the range. */
async function skipsOf(reader: StoreReader, { upTo, userId }: LogHeader): Promise<SkipRow[]> {
  const skips = await reader.rows(skipsTable, {
    filters: [['position', '<=', upTo]],
    order: skipsTable.key,
    limit: 100_000,
  });
  if (userId === undefined) return skips;
  const own = await Promise.all(
    skips.map(async ({ position }) => {
      const [event] = await reader.events({ after: position - 1, userId, limit: 1 });
      return event?.position === position;
    }),
  );
  return skips.filter((_, i) => own[i]);
}

/** The log's own chain is broken. */
export function damagedLog(position: number, what: string): Corrupt {
  return new Corrupt('log.damaged', `The log is damaged at position ${position}: ${what}; verify the store.`);
}

function beyondEnd(after: number, end: number): Refused {
  return new Refused(
    'export.beyond-end',
    `There is nothing after position ${after}: the log ends at ${end}.`,
  );
}
