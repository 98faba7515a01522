import { FileRefused } from '../../errors.js';
import { chainHash } from '../../events/log/event-hash.js';
import { isUnproven } from '../../events/log/event-seal.js';
import type { ReceiptRow } from '../../events/log/log-tables.js';
import { damagedFile, foreignFile, truncatedFile } from './file-errors.js';
import type { LogEntry, LoggedEvent, LogHeader, LogTrailer } from './log-line.js';
import { receiptPlace, startOf, trailerOf, type LogCursor } from './log-lines.js';
import { parseHeader, parseLine } from './parse-log-line.js';

/** Far above any event or receipt, because the body of a request is at most a few MB. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 10;

/**
 * Reads a file of log lines in bounded memory and checks all of it: the form of each line, positions, hashes
 * (in a file with all events), order, counts and the digest. Throws FileRefused, naming line and position.
 */
export async function* readLines(source: AsyncIterable<Buffer | string>): AsyncGenerator<LogEntry> {
  const check = new LogLinesCheck();
  for await (const { lines, cut } of splitLines(withPlace(source, check))) {
    for (const line of lines) yield cut ? takeUnended(check, line) : check.take(line);
  }
  check.end();
}

/** Adds the last readable line to a decompression error. */
async function* withPlace(
  source: AsyncIterable<Buffer | string>,
  check: LogLinesCheck,
): AsyncGenerator<Buffer | string> {
  try {
    yield* source;
  } catch (error) {
    if (!(error instanceof FileRefused) || check.lines === 0) throw error;
    const what = `the data after it cannot be decompressed (${(error.cause as Error).message})`;
    throw damagedFile(check.place(), what, error);
  }
}

/** Takes a last line that has no line end, and so may be cut off. */
function takeUnended(check: LogLinesCheck, line: string): LogEntry {
  const place = check.place();
  try {
    return check.take(line);
  } catch (cause) {
    throw check.lines > 1 ? truncatedFile(place, cause) : cause;
  }
}

/** Checks lines one by one, each against the lines before it. */
export class LogLinesCheck {
  /** Number of lines taken so far. */
  lines = 0;
  private state: LogCursor | undefined;
  private recordedAt = Number.MIN_SAFE_INTEGER;
  private trailer: LogTrailer | undefined;

  /** Undefined before the header. */
  get cursor(): LogCursor | undefined {
    return this.state;
  }

  take(content: string): LogEntry {
    const line = ++this.lines;
    if (!this.state) return this.takeHeader(content);
    if (this.trailer) throw damagedFile({ line }, 'it comes after the end');
    const parsed = parseLine(content, line);
    if ('trailer' in parsed) return this.takeTrailer(parsed.trailer, this.state);
    if ('event' in parsed) this.takeEvent(parsed.event, this.state);
    else if ('receipt' in parsed) this.takeReceipt(parsed.receipt, this.state);
    else this.state.skips++;
    this.state.digest.update(content).update('\n');
    return entryOf(parsed, line);
  }

  /** Throws FileRefused if the trailer is missing. */
  end(): void {
    if (this.trailer) return;
    if (!this.state) throw foreignFile('it is empty');
    throw truncatedFile(this.place());
  }

  private takeHeader(content: string): LogEntry {
    const header: LogHeader = parseHeader(content);
    this.state = startOf(header);
    this.state.digest.update(content).update('\n');
    return { kind: 'header', line: this.lines, header };
  }

  private takeEvent(event: LoggedEvent, cursor: LogCursor): void {
    const { header } = cursor;
    const { position, recordedAt } = event;
    const refuse = (what: string) => damagedFile({ line: this.lines, position }, what);
    if (position <= cursor.position)
      throw refuse(`it is repeated or out of order: it follows position ${cursor.position}`);
    if (position > header.upTo)
      throw refuse(`the file's header says that it ends at position ${header.upTo}`);
    if (header.scope === 'all') {
      if (position !== cursor.position + 1)
        throw refuse(`the event at position ${cursor.position + 1} is missing`);
      if (chainHash(cursor.hash, event) !== event.hash && !isUnproven(event))
        throw refuse('its hash does not match: it, or the event before it, was changed');
    } else if (event.userId !== header.userId)
      throw refuse(`it belongs to another user than ${header.userId}`);
    if (recordedAt < this.recordedAt)
      throw refuse('its recordedAt is earlier than that of the event before it');
    this.recordedAt = recordedAt;
    cursor.position = position;
    cursor.hash = event.hash;
    cursor.events++;
  }

  private takeReceipt(receipt: ReceiptRow, cursor: LogCursor): void {
    const { position, userId } = receipt;
    const { header } = cursor;
    if (position < header.after || position > header.upTo)
      throw damagedFile(
        { line: this.lines },
        `the receipt has position ${position}, outside the file's range`,
      );
    if (header.scope === 'user' && userId !== header.userId)
      throw damagedFile({ line: this.lines }, `the receipt belongs to another user than ${header.userId}`);
    cursor.receipt = receiptPlace(receipt);
    cursor.receipts++;
  }

  private takeTrailer(trailer: LogTrailer, cursor: LogCursor): LogEntry {
    const expected = trailerOf(cursor);
    const refuse = (what: string) => damagedFile({ line: this.lines }, what);
    for (const counted of ['events', 'receipts', 'skips'] as const) {
      if (trailer[counted] !== expected[counted])
        throw refuse(
          `the trailer counts ${trailer[counted]} ${counted}, but the file has ${expected[counted]}`,
        );
    }
    if (cursor.header.scope === 'all' && cursor.position !== cursor.header.upTo)
      throw refuse(`the event at position ${cursor.position + 1} is missing`);
    if (trailer.lastHash !== expected.lastHash) throw refuse('the hash of the last event does not match');
    // The hash chain proves the events of a whole log; only the digest proves every other line.
    if (trailer.digest !== expected.digest)
      throw refuse('the digest of all lines does not match: a line was changed');
    this.trailer = trailer;
    return { kind: 'trailer', line: this.lines, trailer };
  }

  /** The line that was taken last, and the position of the last event so far. */
  place(): { line: number; position: number | undefined } {
    const position = this.state && this.state.events > 0 ? this.state.position : undefined;
    return { line: this.lines, position };
  }
}

function entryOf(
  parsed: Exclude<ReturnType<typeof parseLine>, { trailer: LogTrailer }>,
  line: number,
): LogEntry {
  if ('event' in parsed) return { kind: 'event', line, event: parsed.event };
  if ('receipt' in parsed) return { kind: 'receipt', line, receipt: parsed.receipt };
  return { kind: 'skip', line, skip: parsed.skip };
}

/** Consecutive lines; `cut` if the last of them has no line end. */
interface SplitLines {
  lines: string[];
  cut: boolean;
}

/** Splits UTF-8 text into lines, several at a time. Throws FileRefused for other bytes or too long a line. */
export async function* splitLines(source: AsyncIterable<Buffer | string>): AsyncGenerator<SplitLines> {
  let pending: Buffer[] = [];
  let length = 0;
  let count = 0;
  for await (const chunk of source) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const end = bytes.lastIndexOf(NEWLINE);
    if (end === -1) {
      pending.push(bytes);
      length += bytes.length;
      if (length > MAX_LINE_BYTES) throw tooLong(count + 1);
      continue;
    }
    const lines = textOf([...pending, bytes.subarray(0, end)], count + 1).split('\n');
    count += lines.length;
    yield { lines, cut: false };
    pending = [bytes.subarray(end + 1)];
    length = bytes.length - end - 1;
  }
  if (length > 0) yield { lines: [textOf(pending, count + 1)], cut: true };
}

function tooLong(line: number): FileRefused {
  return damagedFile({ line }, `it is longer than ${MAX_LINE_BYTES / 1024 / 1024} MB`);
}

function textOf(parts: readonly Buffer[], line: number): string {
  const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw notText(bytes, line, cause);
  }
}

/** Finds the line that is not UTF-8, and names it. */
function notText(bytes: Buffer, firstLine: number, cause: unknown): FileRefused {
  let line = firstLine;
  for (let start = 0; start <= bytes.length; line++) {
    const end = bytes.indexOf(NEWLINE, start);
    const content = bytes.subarray(start, end === -1 ? bytes.length : end);
    if (!Buffer.from(content.toString()).equals(content) || end === -1) break;
    start = end + 1;
  }
  return line === 1
    ? foreignFile('it is not text', cause)
    : damagedFile({ line }, 'it is not UTF-8 text', cause);
}
