import { createWriteStream, existsSync, openSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Filter } from '../../database/row-store.js';
import { FileRefused, Refused } from '../../errors.js';
import { receiptsTable } from '../../events/log/log-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { syncFolder } from '../../store/sync-folder.js';
import type { JobContext } from '../job-context.js';
import { unwritableFile } from '../lines/file-errors.js';
import { compressionOf, readLogFile } from '../lines/log-file.js';
import { eventLine, receiptLine } from '../lines/log-line.js';
import {
  firstLine,
  headerOf,
  linesAfter,
  startOf,
  type LogCursor,
  type LogRange,
} from '../lines/log-lines.js';
import { LogLinesCheck, splitLines } from '../lines/read-log-lines.js';

/** What an export wrote. */
export interface ExportReport {
  events: number;
  receipts: number;
  skips: number;
  /** The range ends here. */
  position: number;
  /** Of the last event. */
  lastHash: string;
  /** Events that an interrupted export had written before. */
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
  const soFar = startOf(await headerOf(reader, range));
  const lines = Readable.from(allLines(reader, soFar, context));
  await written('The output', () => pipeline(lines, target, { end: false }));
  return reportOf(soFar, 0, started);
}

/** What to export, and where to. */
interface Request {
  file: string;
  range: LogRange;
  /** Go on with what an interrupted export has written. */
  resume: boolean;
}

/**
 * Writes a part of the log to a file, as lines, compressed as its name says. The file appears when it is whole; until then it
 * is `<file>.partial`, and `resume` goes on with what that holds.
 */
export async function exportLog(
  reader: StoreReader,
  request: Request,
  context: JobContext = {},
): Promise<ExportReport> {
  const started = performance.now();
  const { file } = request;
  const partial = `${file}.partial`;
  const { compress } = compressionOf(file);
  const resumes = request.resume && existsSync(partial);
  const run: Run = { target: resumes ? `${file}.resumed` : partial, soFar: undefined, resumed: 0 };
  await written(file, async () => {
    // Open before the first line: it may get another name while it is written.
    const output = createWriteStream(run.target, { fd: openSync(run.target, 'w'), flush: true });
    try {
      await pipeline(Readable.from(linesOfFile(reader, request, run, context)), compress(), output);
    } finally {
      if (run.target !== partial) await rm(run.target, { force: true });
    }
    await rename(partial, file);
    syncFolder(dirname(file));
  });
  return reportOf(run.soFar as LogCursor, run.resumed, started);
}

interface Run {
  target: string;
  soFar: LogCursor | undefined;
  resumed: number;
}

async function* linesOfFile(
  reader: StoreReader,
  { file, range }: Request,
  run: Run,
  context: JobContext,
): AsyncGenerator<string> {
  const partial = `${file}.partial`;
  if (run.target !== partial) {
    const check = new LogLinesCheck();
    yield* heldIn(reader, file, check);
    run.soFar = check.cursor;
    if (run.soFar) await refuseOther(reader, run.soFar, { partial, range });
    run.resumed = run.soFar?.events ?? 0;
    // What was there is copied: the copy takes its place.
    await rename(run.target, partial);
    run.target = partial;
  }
  if (!run.soFar) {
    run.soFar = startOf(await headerOf(reader, range));
    yield firstLine(run.soFar);
  }
  yield* linesAfter(reader, run.soFar, context);
}

async function* allLines(reader: StoreReader, soFar: LogCursor, context: JobContext): AsyncGenerator<string> {
  yield firstLine(soFar);
  yield* linesAfter(reader, soFar, context);
}

/** Skips and the end: they are few, and may have changed. */
const WRITTEN_ANEW = /^\{"(?:skip|end)"/;

/** The lines that an interrupted export has written, up to the first that is not whole, or not what the store has. */
async function* heldIn(reader: StoreReader, file: string, check: LogLinesCheck): AsyncGenerator<string> {
  try {
    for await (const { lines, cut } of splitLines(readLogFile(`${file}.partial`, file))) {
      for (const line of lines) {
        if (cut || WRITTEN_ANEW.test(line) || !(await isStored(reader, check, line))) return;
        check.take(line);
        yield `${line}\n`;
      }
    }
  } catch (error) {
    // From here on it is written again.
    if (!(error instanceof FileRefused)) throw error;
  }
}

/**
 * Whether a line that no hash protects is what the store has: of a compressed file whose end is missing no checksum can tell.
 * The hash chain protects events, but not those of one user.
 */
async function isStored(reader: StoreReader, check: LogLinesCheck, line: string): Promise<boolean> {
  if (line.startsWith('{"receipt"')) {
    const { receipt } = parsed<{ receipt?: { idempotencyKey?: unknown } }>(line);
    const filters: Filter[] = [['idempotencyKey', '=', String(receipt?.idempotencyKey)]];
    const [stored] = await reader.rows(receiptsTable, { filters, order: receiptsTable.key, limit: 1 });
    return stored !== undefined && receiptLine(stored) === line;
  }
  if (check.cursor?.header.userId === undefined) return true;
  const { position } = parsed<{ position?: unknown }>(line);
  const [event] = await reader.events({ after: Number(position) - 1, limit: 1 });
  return event !== undefined && eventLine(event) === line;
}

/** Of a damaged line anything may be missing. */
function parsed<T extends object>(line: string): Partial<T> {
  try {
    return Object(JSON.parse(line)) as Partial<T>;
  } catch {
    return {};
  }
}

async function refuseOther(
  reader: StoreReader,
  { header, events, position, hash }: LogCursor,
  { partial, range }: { partial: string; range: LogRange },
): Promise<void> {
  if (header.after !== range.after || header.userId !== range.userId) {
    const whose = header.userId === undefined ? '' : ` of user ${header.userId}`;
    throw otherExport(partial, `it has the events${whose} after position ${header.after}`);
  }
  if (events === 0) return;
  const [same] = await reader.events({ after: position - 1, limit: 1 });
  if (same?.hash !== hash) throw otherExport(partial, `the store has another event at position ${position}`);
}

async function written(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).syscall === undefined ? cause : unwritableFile(file, cause);
  }
}

/** What an interrupted export left is of another one. */
function otherExport(file: string, what: string): Refused {
  return new Refused(
    'export.other',
    `${file} is of another export: ${what}. Export without --resume to begin again.`,
  );
}

function reportOf(soFar: LogCursor, resumed: number, started: number): ExportReport {
  const { events, receipts, skips, hash, header } = soFar;
  const ms = Math.round(performance.now() - started);
  return { events, receipts, skips, position: header.upTo, lastHash: hash, resumed, ms };
}
