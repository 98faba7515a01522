import { workerData } from 'node:worker_threads';
import type { RowQuery } from '../database/row-store.js';
import type { Key } from '../database/table.js';
import { EventDecoder } from '../events/log/event-decoder.js';
import { PastRows, type Past } from '../projections/past/past-rows.js';
import { PastStates } from '../projections/past/past-states.js';
import { timelineOf, type Timeline } from '../projections/past/timeline.js';
import type { MemoryQuestion } from '../projections/reads/search/memory-search.js';
import type { MemoryMatches } from '../projections/reads/search/search.js';
import { WordVectors } from '../projections/reads/search/word-vectors.js';
import { toResult, type ThreadResult } from '../thread-result.js';
import type { DatabaseAddress } from './database-address.js';
import { openStoreReader } from './open-store-reader.js';

/** What the thread is given. */
export interface PastWorkerData {
  address: DatabaseAddress;
  /** A file of word vectors, in memory that all threads share. */
  words: SharedArrayBuffer | undefined;
}

// A worker thread that folds the past in memory, one question after another, over its own connection. Piscina
// calls the exported functions by name.
const { address, words } = workerData as PastWorkerData;
const reader = openStoreReader(address);
const aids = { wordVectors: words && new WordVectors(words) };
const rows = new PastRows(new PastStates(reader, new EventDecoder()), aids);

/** Loads this file, and so all that it needs. */
export function start(): void {
  // Nothing else.
}

/** Reads the rows with these keys. */
export function getAll(asked: Past & { table: string; keys: Key[][] }): Promise<ThreadResult<object[]>> {
  return toResult(() => rows.getAll(asked, asked.table, asked.keys));
}

/** Reads a page of rows. */
export function list(asked: Past & { table: string; query: RowQuery }): Promise<ThreadResult<object[]>> {
  return toResult(() => rows.list(asked, asked.table, asked.query));
}

/** Searches the memories that there were. */
export function search(asked: Past & { question: MemoryQuestion }): Promise<ThreadResult<MemoryMatches>> {
  return toResult(() => rows.search(asked, asked.question));
}

/** Reads when the user changed, up to the position. */
export function timeline(asked: Past): Promise<ThreadResult<Timeline>> {
  return toResult(() => timelineOf(reader, asked.userId, asked.position));
}
