import type { RowChange, RowChanges } from '../../src/database/row-store.js';
import { keyText, type Key, type Table } from '../../src/database/table.js';
import { EventCatalog } from '../../src/events/event-catalog.js';
import { jsonCodec } from '../../src/events/log/event-codec.js';
import type { EventLog } from '../../src/events/log/event-log.js';
import type { EventFolds } from '../../src/projections/folding/event-folds.js';
import type { StoreReader } from '../../src/projections/folding/store-reader.js';
import type { Reads } from '../../src/projections/reads/reads.js';
import type { MemoryIndex, RemoteMemoryIndex } from '../../src/projections/reads/search/memory-index.js';
import type { DatabaseAddress } from '../../src/store/database-address.js';
import { DEFAULT_LIMITS, EventWriter, type WriterLimits } from '../../src/writer/event-writer.js';
import type { Quotas } from '../../src/writer/quotas/quotas.js';
import { Usage } from '../../src/writer/quotas/usage.js';

/** Replacements for the service's own parts of a writer. */
export interface WriterOptions {
  clock?: () => number;
  limits?: Partial<WriterLimits>;
  log?: EventLog;
  quotas?: Quotas;
}

/** A new, migrated and empty database. */
export interface TestDatabase {
  readonly log: EventLog;
  /** A writer over the log; only one of them may write at a time. */
  writer(folds: EventFolds, options?: WriterOptions): EventWriter;
  /** Every row of the table, by key. */
  rows<Row extends object>(table: Table<Row>): Promise<Row[]>;
  /** Its address, for code that opens its own connections. */
  readonly address: DatabaseAddress;
  /** The reads that query handlers use. */
  readonly reads: Reads;
  /** Reads whole pages over a connection of its own. */
  readonly reader: StoreReader;
  /** The memory index that a search reads. */
  readonly index: MemoryIndex | RemoteMemoryIndex;
  /** Every table and index as the database describes it. */
  schema(): Promise<unknown[]>;
  /** Inserts a row that no event made, and its entry in the full-text index. */
  insertRow<Row extends object>(table: Table<Row>, row: Row): Promise<void>;
  /** Runs statements on another connection; rejects with the database's error. */
  execute(sql: string): Promise<void>;
  /** Runs statements without the log's protection, as someone with the database's password can. */
  tamper(sql: string): Promise<void>;
  /** Reopens it as after a kill: nothing was closed, and everything committed is there. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** A kind of database that the suites run on. */
export interface DatabaseUnderTest {
  name: string;
  open(): Promise<TestDatabase>;
  /** Statements, other than UPDATE and DELETE, that would change or remove events of a log of ten. */
  bypasses: readonly { what: string; sql: string }[];
}

/** More rows than any test makes. */
export const MAX_ROWS = 1_000_000;
/** The size of a batch must not depend on the speed of the machine. */
const NO_TIME_LIMIT = { batchMs: 60_000 };

/** The service's writer over the database's log, or over `options.log`. */
export function writerOver(
  databaseLog: EventLog,
  folds: EventFolds,
  { clock = Date.now, limits, log = databaseLog, quotas }: WriterOptions = {},
): EventWriter {
  const usage = quotas && new Usage(quotas);
  const parts = { catalog: new EventCatalog(), codec: jsonCodec, folds, clock, usage };
  return new EventWriter(log, parts, { ...DEFAULT_LIMITS, ...NO_TIME_LIMIT, ...limits });
}

/** The change that inserts a new row. */
export function insertChange<Row extends object>(table: Table<Row>, row: Row): RowChanges {
  const key = table.key.map((column) => (row as Record<string, Key>)[column] as Key);
  const change: RowChange = { key, before: undefined, after: row };
  return new Map([[table, new Map([[keyText(key), change]])]]);
}
