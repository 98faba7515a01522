import { workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { RowQuery } from '../../database/row-store.js';
import { openForReading } from '../../database/sqlite/open-sqlite.js';
import { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import type { Table } from '../../database/table.js';
import { MAX_PAGE_BYTES, PageWriter, type EventPage, type PageQuery } from '../../events/event-page.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import { SqliteEventReader } from '../../events/log/sqlite-event-reader.js';
import { lowerPriority } from '../../low-priority.js';
import { toResult, type ThreadResult } from '../../thread-result.js';
import { PROJECTIONS } from '../projection-catalog.js';
import { searchMemories, type MemoryQuestion } from './memory-search.js';
import type { MemoryMatches } from './search.js';
import { SqliteFigures } from './sqlite-figures.js';
import { sqliteMemoryIndex } from './sqlite-memory-index.js';

/** The nice value of a replay: about a tenth of a processor that others want, all of one that is idle. */
const REPLAY_PRIORITY = 10;

// A worker thread that scans over its own read-only connection. Piscina calls the exported functions by name.
const { file, patient } = workerData as { file: string; patient: boolean };
if (patient) lowerPriority(REPLAY_PRIORITY);
const db = openForReading(file);
const rows = new SqliteRows(db);
const log = new SqliteEventReader(db);
const figures = new SqliteFigures(db);
let decoder: EventDecoder | undefined;
const index = sqliteMemoryIndex(db, rows);
const tables = new Map(
  PROJECTIONS.flatMap((projection) => projection.tables).map((table) => [table.name, table]),
);

/** Reads a page of rows of the named table. */
export function list({ table, query }: { table: string; query: RowQuery }): Promise<ThreadResult<object[]>> {
  return toResult(() => rows.list(tableNamed(table), query));
}

function tableNamed(name: string): Table {
  const table = tables.get(name);
  if (!table) throw new Error(`No projection declares a table ${name}.`);
  return table;
}

/** Counts the rows of the named table. */
export function countRows(table: string): Promise<ThreadResult<number>> {
  return toResult(() => figures.countRows(tableNamed(table)));
}

/** Counts the events of the range by type. */
export function countEvents(range: {
  after: number;
  upTo: number;
}): Promise<ThreadResult<Record<string, number>>> {
  return toResult(() => figures.countEvents(range.after, range.upTo));
}

/** Searches the user's memories. */
export function search(question: MemoryQuestion): Promise<ThreadResult<MemoryMatches>> {
  // One snapshot, so that frequencies and rows belong together.
  return toResult(() => db.transaction(() => searchMemories(index, question))());
}

/** Reads a page of the log as text. The text's memory is transferred to the main thread, not copied. */
export async function eventPage(query: PageQuery): Promise<unknown> {
  const result = await toResult(() => readPage(query));
  if ('error' in result) return result;
  return move({ [transferableSymbol]: [result.value.text.buffer], [valueSymbol]: result });
}

async function readPage(query: PageQuery): Promise<EventPage> {
  decoder ??= await newDecoder();
  const read = db.transaction(() => ({
    ...log.readBatch(query, MAX_PAGE_BYTES),
    head: log.head().position,
  }))();
  const page = new PageWriter(query, decoder);
  for (const stored of read.events) if (!page.add(stored)) break;
  return page.finish(read.head, read.cut);
}

/** Imported when first needed: the event validators take longer to load than the rest of the thread. */
async function newDecoder(): Promise<EventDecoder> {
  const module = await import('../../events/log/event-decoder.js');
  return new module.EventDecoder();
}
