import { createWriteStream, existsSync, openSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Filter } from '../../database/row-store.js';
import type { Key } from '../../database/table.js';
import { FileRefused, Refused } from '../../errors.js';
import { receiptsTable } from '../../events/log/log-tables.js';
import { OWN_KEY, receiptKey, type ReceiptId } from '../../events/log/receipt-key.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { syncFolder } from '../../store/sync-folder.js';
import type { JobContext } from '../job-context.js';
import { unwritableFile } from '../lines/file-errors.js';
import { compressionOf, readLogFile } from '../lines/log-file.js';
import { eventLine, LOG_FORMAT, receiptLine } from '../lines/log-line.js';
import {
  firstLine,
  headerOf,
  linesAfter,
  startOf,
  type LogCursor,
  type LogRange,
} from '../lines/log-lines.js';
import { LogLinesCheck, splitLines } from '../lines/read-log-lines.js';

export interface ExportReport {
  events: number;
  receipts: number;
  skips: number;
  /** Last position of the range. */
  position: number;
  /** Hash of the last event. */
  lastHash: string;
  /** Events kept from an interrupted export. */
  resumed: number;
  ms: number;
}

/** Writes a part of the log to a stream, as lines. */
export async function exportTo(
  reader: StoreReader,
  target: Writable,
  range: LogRange,
  context: JobContext = {},
): Promise<ExportReport> {
  const started = performance.now();
  const cursor = startOf(await headerOf(reader, range));
  const lines = Readable.from(allLines(reader, cursor, context));
  await withWriteErrors('The output', () => pipeline(lines, target, { end: false }));
  return reportOf(cursor, 0, started);
}

interface ExportRequest {
  file: string;
  range: LogRange;
  /** Continues an interrupted export. */
  resume: boolean;
}

/**
 * Writes a part of the log to a file, as lines, compressed as its extension implies. The file appears when it
 * is complete; until then it is `<file>.partial`, which `resume` continues.
 */
export async function exportLog(
  reader: StoreReader,
  request: ExportRequest,
  context: JobContext = {},
): Promise<ExportReport> {
  const started = performance.now();
  const { file } = request;
  const partial = `${file}.partial`;
  const { compress } = compressionOf(file);
  const resumes = request.resume && existsSync(partial);
  const run: ExportRun = { target: resumes ? `${file}.resumed` : partial, cursor: undefined, resumed: 0 };
  await withWriteErrors(file, async () => {
    // Opened before the first line, because the file may be renamed while it is written.
    const output = createWriteStream(run.target, { fd: openSync(run.target, 'w'), flush: true });
    try {
      await pipeline(Readable.from(linesOfFile(reader, request, run, context)), compress(), output);
    } finally {
      if (run.target !== partial) await rm(run.target, { force: true });
    }
    await rename(partial, file);
    syncFolder(dirname(file));
  });
  return reportOf(run.cursor as LogCursor, run.resumed, started);
}

interface ExportRun {
  target: string;
  cursor: LogCursor | undefined;
  resumed: number;
}

async function* linesOfFile(
  reader: StoreReader,
  { file, range }: ExportRequest,
  run: ExportRun,
  context: JobContext,
): AsyncGenerator<string> {
  const partial = `${file}.partial`;
  if (run.target !== partial) {
    const check = new LogLinesCheck();
    yield* usableLines(reader, file, check);
    run.cursor = check.cursor;
    if (run.cursor) await refuseOtherExport(reader, run.cursor, { partial, range });
    run.resumed = run.cursor?.events ?? 0;
    // The partial file has been copied; the copy takes its place.
    await rename(run.target, partial);
    run.target = partial;
  }
  if (!run.cursor) {
    run.cursor = startOf(await headerOf(reader, range));
    yield firstLine(run.cursor);
  }
  yield* linesAfter(reader, run.cursor, context);
}

async function* allLines(
  reader: StoreReader,
  cursor: LogCursor,
  context: JobContext,
): AsyncGenerator<string> {
  yield firstLine(cursor);
  yield* linesAfter(reader, cursor, context);
}

/** Lines that `resume` writes again: skips and the trailer are few, and may have changed. */
const WRITTEN_AGAIN = /^\{"(?:skip|end)"/;

/** Yields an interrupted export's lines, up to the first that is incomplete or differs from the store. */
async function* usableLines(reader: StoreReader, file: string, check: LogLinesCheck): AsyncGenerator<string> {
  try {
    for await (const { lines, cut } of splitLines(readLogFile(`${file}.partial`, file))) {
      for (const line of lines) {
        if (cut || WRITTEN_AGAIN.test(line) || !(await isStored(reader, check, line))) return;
        check.take(line);
        yield `${line}\n`;
      }
    }
  } catch (error) {
    // The rest is written again from here.
    if (!(error instanceof FileRefused)) throw error;
  }
}

/**
 * Whether a line that no hash protects is what the store has. A truncated compressed file has no checksum to
 * prove it. The hash chain protects events, but not in an export of one user.
 */
async function isStored(reader: StoreReader, check: LogLinesCheck, line: string): Promise<boolean> {
  if (line.startsWith('{"receipt"')) {
    const { receipt } = parsedObject<{ receipt?: Partial<ReceiptId> }>(line);
    const { userId, idempotencyKey, batchIndex } = { ...receipt };
    const key = receiptKey({
      userId: String(userId),
      idempotencyKey: String(idempotencyKey),
      batchIndex: batchIndex ?? OWN_KEY,
    });
    const filters = receiptsTable.key.map((column, i): Filter => [column, '=', key[i] as Key]);
    const [stored] = await reader.rows(receiptsTable, { filters, order: receiptsTable.key, limit: 1 });
    return stored !== undefined && receiptLine(stored) === line;
  }
  if (check.cursor?.header.userId === undefined) return true;
  const { position } = parsedObject<{ position?: unknown }>(line);
  const [event] = await reader.events({ after: Number(position) - 1, limit: 1 });
  return event !== undefined && eventLine(event) === line;
}

/** In a damaged line any field may be missing. */
function parsedObject<T extends object>(line: string): Partial<T> {
  try {
    return Object(JSON.parse(line)) as Partial<T>;
  } catch {
    return {};
  }
}

async function refuseOtherExport(
  reader: StoreReader,
  { header, events, position, hash }: LogCursor,
  { partial, range }: { partial: string; range: LogRange },
): Promise<void> {
  if (header.format !== LOG_FORMAT)
    throw otherExport(partial, `it has format ${header.format}, which an older release wrote`);
  if (header.after !== range.after || header.userId !== range.userId) {
    const whose = header.userId === undefined ? '' : ` of user ${header.userId}`;
    throw otherExport(partial, `it contains the events${whose} after position ${header.after}`);
  }
  if (events === 0) return;
  const [event] = await reader.events({ after: position - 1, limit: 1 });
  if (event?.hash !== hash)
    throw otherExport(partial, `the store has a different event at position ${position}`);
}

async function withWriteErrors(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).syscall === undefined ? cause : unwritableFile(file, cause);
  }
}

/** The partial file belongs to a different export. */
function otherExport(file: string, what: string): Refused {
  return new Refused(
    'export.other',
    `${file} belongs to another export: ${what}. Export without --resume to start again.`,
  );
}

function reportOf(cursor: LogCursor, resumed: number, started: number): ExportReport {
  const { events, receipts, skips, hash, header } = cursor;
  const ms = Math.round(performance.now() - started);
  return { events, receipts, skips, position: header.upTo, lastHash: hash, resumed, ms };
}
