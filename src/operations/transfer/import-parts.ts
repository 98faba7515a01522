import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { EventLog, LogHead, LogTransaction } from '../../events/log/event-log.js';
import type { SkipRow } from '../../events/log/log-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { Projection } from '../../projections/projection.js';
import type { LineChunk } from '../lines/line-chunks.js';
import type { LoggedEvent } from '../lines/log-line.js';
import type { RebuildParts } from '../rebuild/rebuild.js';

/** The store that takes a file in; nobody else should write to it. */
export interface ImportParts {
  log: EventLog;
  reader: StoreReader;
  decoder: EventDecoder;
  projections: readonly Projection[];
  /** Folds everyone into shadow tables: see rebuild. */
  foldRanges: RebuildParts['foldRanges'];
}

/** What to take in, and how. */
export interface ImportRequest {
  /** Opens the file's text; it is read twice. */
  lines: () => AsyncIterable<Buffer | string>;
  /** Put the events behind those that are in the store, at new positions. */
  append: boolean;
  verify: boolean;
}

/** What the second reading of a file goes by. */
export interface ImportPlan {
  /** Of the store before. */
  head: LogHead;
  /** How many of the first events of a user the store has already; only when appending. */
  storedPerUser: ReadonlyMap<string, number>;
  /** By the position of their event in the file. */
  skips: ReadonlyMap<number, SkipRow[]>;
}

/** Where the events of a file go. */
export interface ImportTarget {
  /** Whether the event of the file is in the store already; asked once for each, in order. */
  isStored(event: LoggedEvent): boolean;
  /** Writes the chunk, but for the events that are there. */
  write(transaction: LogTransaction, chunk: LineChunk, fresh: readonly LoggedEvent[]): Promise<WrittenChunk>;
}

export interface WrittenChunk {
  /** Events whose position is not the one of the file. */
  moved: number;
  receipts: number;
}
