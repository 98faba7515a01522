import { join } from 'node:path';
import { USER_ERASED } from '../../events/erasure/user-erased.event.js';
import { isErased, withoutData } from '../../events/log/event-seal.js';
import { damagedBackup } from '../backup/backup-errors.js';
import type { LedgerStamp } from '../backup/manifest.js';
import { pack, type PackedFile } from '../backup/zstd-files.js';
import {
  eventLine,
  LOG_FORMAT,
  receiptLine,
  skipLine,
  type LogEntry,
  type LogTrailer,
} from '../lines/log-line.js';
import { emit, firstLine, startOf, trailerOf, type LogCursor } from '../lines/log-lines.js';
import { readPackedLines } from '../lines/read-packed-lines.js';

/** Says which erasure takes an event or a receipt of a user; undefined if none does. */
export type CoveredBy = (
  userId: string,
  at: { position: number; recordedAt: number },
) => { erasureId: string } | undefined;

interface RewrittenLines extends PackedFile {
  rawBytes: number;
  receipts: number;
  /** The erasures that took something. */
  erasureIds: Set<string>;
}

/** Lines that are emitted at once. */
const LINES_PER_PIECE = 500;

/** What is written into the header of the rewritten lines. */
interface NewHeader {
  ledger: LedgerStamp | undefined;
  rewritten?: { at: string; previousSha256: string };
}

/**
 * Writes a file of lines again without the data and receipts that erasures take: the same positions and
 * hashes, in bounded memory. What was read is checked as always, and what was written is read again. Throws
 * Corrupt.
 */
export async function rewriteLines(
  source: string,
  target: { folder: string; name: string; header: NewHeader },
  coveredBy: CoveredBy,
): Promise<RewrittenLines> {
  const erasureIds = new Set<string>();
  let rawBytes = 0;
  const file = join(target.folder, target.name);
  const done: { trailer?: LogTrailer; before?: LogTrailer } = {};
  const lines = rewritten(readPackedLines(source), target.header, { coveredBy, erasureIds, done });
  const packed = await pack(lines, file, (bytes) => (rawBytes += bytes));
  const read = await trailerIn(file);
  if (read?.digest !== done.trailer?.digest || read?.lastHash !== done.before?.lastHash)
    throw damagedBackup(file, 'what was read again is not what was written');
  return { ...packed, rawBytes, receipts: read?.receipts ?? 0, erasureIds };
}

async function trailerIn(file: string): Promise<LogTrailer | undefined> {
  let trailer: LogTrailer | undefined;
  for await (const entry of readPackedLines(file)) if (entry.kind === 'trailer') ({ trailer } = entry);
  return trailer;
}

async function* rewritten(
  entries: AsyncIterable<LogEntry>,
  header: NewHeader,
  state: {
    coveredBy: CoveredBy;
    erasureIds: Set<string>;
    done: { trailer?: LogTrailer; before?: LogTrailer };
  },
): AsyncGenerator<string> {
  let cursor: LogCursor | undefined;
  let lines: string[] = [];
  for await (const entry of entries) {
    if (entry.kind === 'header') {
      cursor = startOf({ ...entry.header, format: LOG_FORMAT, ...header });
      yield firstLine(cursor);
    } else if (cursor && entry.kind === 'trailer') {
      yield emit(cursor, lines);
      state.done.before = entry.trailer;
      state.done.trailer = trailerOf(cursor);
      yield `${JSON.stringify(state.done.trailer)}\n`;
    } else if (cursor) {
      const line = lineOf(entry, cursor, state);
      if (line !== undefined) lines.push(line);
      if (lines.length < LINES_PER_PIECE) continue;
      yield emit(cursor, lines);
      lines = [];
    }
  }
}

/** Returns the entry's line, and counts it; undefined if the entry is left out. */
function lineOf(
  entry: LogEntry,
  cursor: LogCursor,
  { coveredBy, erasureIds }: { coveredBy: CoveredBy; erasureIds: Set<string> },
): string | undefined {
  if (entry.kind === 'event') {
    const { event } = entry;
    cursor.position = event.position;
    cursor.hash = event.hash;
    cursor.events++;
    if (event.type === USER_ERASED || isErased(event)) return eventLine(event);
    const erasure = coveredBy(event.userId, event);
    if (!erasure) return eventLine(event);
    erasureIds.add(erasure.erasureId);
    return eventLine(withoutData(event));
  }
  if (entry.kind === 'receipt') {
    const erasure = coveredBy(entry.receipt.userId, entry.receipt);
    if (erasure) {
      erasureIds.add(erasure.erasureId);
      return undefined;
    }
    cursor.receipts++;
    return receiptLine(entry.receipt);
  }
  if (entry.kind !== 'skip') return undefined;
  cursor.skips++;
  return skipLine(entry.skip);
}
