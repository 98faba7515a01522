import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { EventLog, LogHead, LogTransaction } from '../../events/log/event-log.js';
import type { SkipRow } from '../../events/log/log-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { Projection } from '../../projections/projection.js';
import type { LoggedErasure } from '../copies/ledger.js';
import type { LineChunk } from '../lines/line-chunks.js';
import type { LoggedEvent } from '../lines/log-line.js';
import type { RebuildParts } from '../rebuild/rebuild.js';

/** The store to import into. No other process should write to it. */
export interface ImportParts {
  log: EventLog;
  reader: StoreReader;
  decoder: EventDecoder;
  projections: readonly Projection[];
  /** Folds all users into shadow tables, if a rebuild is needed. */
  foldRanges: RebuildParts['foldRanges'];
}

export interface ImportRequest {
  /** Opens the file's text; it is read twice. */
  lines: () => AsyncIterable<Buffer | string>;
  /** Whether to append the events after those in the store, at new positions. */
  append: boolean;
  verify: boolean;
  /** Returns what is known of the erasures of a store, by its identity; none when omitted. */
  erasuresOf?: ((storeId: string) => Promise<readonly LoggedErasure[]>) | undefined;
}

/** What the check of the file found, for the pass that writes. */
export interface ImportPlan {
  /** Head of the store before the import. */
  head: LogHead;
  /** How many of a user's first events the store already has; empty unless events are appended. */
  storedPerUser: ReadonlyMap<string, number>;
  /** By the position of their event in the file. */
  skips: ReadonlyMap<number, SkipRow[]>;
  /** Erasures that the imported log repeats if it lacks them; none with `append`, */
  toRepeat: readonly LoggedErasure[];
  /** as the users who were erased since the file was written are left out then. */
  leftOut: ReadonlySet<string>;
  /** Users who are erased in the store: their receipts do not come back. */
  erasedHere: ReadonlySet<string>;
}

/** How the events of a file are written to the store. */
export interface ImportTarget {
  /** Whether the store already has the event. Must be called once per event, in order. */
  isStored(event: LoggedEvent): boolean;
  /** Writes the chunk's `fresh` events, which the store does not have, and its receipts and skips. */
  write(transaction: LogTransaction, chunk: LineChunk, fresh: readonly LoggedEvent[]): Promise<WrittenChunk>;
}

export interface WrittenChunk {
  /** Events whose position differs from the one in the file. */
  moved: number;
  receipts: number;
}
