import { workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { openForReading } from '../../database/sqlite/open-sqlite.js';
import { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import type { Table } from '../../database/table.js';
import { MAX_PAGE_BYTES, PageWriter, type EventPage, type PageQuery } from '../../events/event-page.js';
import { erasuresTable } from '../../events/log/erasure/erasure-tables.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import { personReadsTable, storeMarksTable } from '../../events/log/log-tables.js';
import { retractionsTable } from '../../events/log/retraction/retraction-tables.js';
import { SqliteEventReader } from '../../events/log/sqlite-event-reader.js';
import { lowerPriority } from '../../low-priority.js';
import { toResult, type ThreadResult } from '../../thread-result.js';
import { PROJECTIONS } from '../projection-catalog.js';
import type { ChatRead } from './chat-thread.js';
import { searchMemories, type MemoryQuestion, type SearchAids } from './search/memory-search.js';
import type { MemoryMatches } from './search/search.js';
import { compareVectors, inIndex } from './search/sqlite-meaning.js';
import { sqliteFewMemories, sqliteMemoryIndex } from './search/sqlite-memory-index.js';
import { WordVectors } from './search/word-vectors.js';
import { SqliteFigures } from './sqlite-figures.js';

/** The nice value of a replay: about a tenth of a processor that others want, all of one that is idle. */
const REPLAY_PRIORITY = 10;

/** What a thread is given. */
export interface ReadWorkerData {
  file: string;
  /** Whether it lets other threads go first. */
  patient: boolean;
  /** A file of word vectors, in memory that all threads share. */
  words: SharedArrayBuffer | undefined;
}

// A worker thread that scans over its own read-only connection. Piscina calls the exported functions by name.
const { file, patient, words } = workerData as ReadWorkerData;
if (patient) lowerPriority(REPLAY_PRIORITY);
const db = openForReading(file);
const rows = new SqliteRows(db);
const log = new SqliteEventReader(db);
const figures = new SqliteFigures(db);
const aids = { wordVectors: words && new WordVectors(words) };
let decoder: EventDecoder | undefined;
const index = sqliteMemoryIndex(db, rows);
// One snapshot, so that frequencies and rows belong together.
const searchInSnapshot = db.transaction((question: MemoryQuestion) =>
  searchMemories(sqliteFewMemories(rows, question.userId) ?? index, question, undefined, aidsOf(question)),
);
const tables = new Map(
  [
    ...PROJECTIONS.flatMap((projection) => projection.tables),
    erasuresTable,
    retractionsTable,
    storeMarksTable,
    personReadsTable,
  ].map((table) => [table.name, table]),
);

/** Answers the reads of a message, in their order. */
export function answer(reads: readonly ChatRead[]): Promise<ThreadResult<unknown>[]> {
  return Promise.all(reads.map((read) => toResult(() => answerTo(read))));
}

function answerTo(read: ChatRead): object[] | MemoryMatches {
  if (read.name === 'search') return searchInSnapshot(read.question);
  return rows.list(tableNamed(read.table), read.query);
}

function tableNamed(name: string): Table {
  const table = tables.get(name);
  if (!table) throw new Error(`No table ${name} can be listed.`);
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

function aidsOf({ userId, embedding }: MemoryQuestion): SearchAids {
  return embedding ? { ...aids, meaning: inIndex(db, userId, compareVectors(db, userId, embedding)) } : aids;
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
