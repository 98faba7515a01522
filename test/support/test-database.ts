import { jest } from '@jest/globals';
import type { RowChange, RowChanges } from '../../src/database/row-store.js';
import { keyText, type Key, type Table } from '../../src/database/table.js';
import { EventCatalog } from '../../src/events/event-catalog.js';
import { jsonCodec } from '../../src/events/log/event-codec.js';
import type { EventLog } from '../../src/events/log/event-log.js';
import type { EventFolds } from '../../src/projections/folding/event-folds.js';
import type { Reads } from '../../src/projections/reads/reads.js';
import type { DatabaseAddress } from '../../src/store/database-address.js';
import { DEFAULT_LIMITS, EventWriter, type WriterLimits } from '../../src/writer/event-writer.js';

/** What a writer has instead of the service's own. */
export interface WriterOptions {
  clock?: () => number;
  limits?: Partial<WriterLimits>;
  log?: EventLog;
}

/** A migrated database of its own, with nothing in it yet. */
export interface TestDatabase {
  readonly log: EventLog;
  /** A writer over the log; only one of them may write at a time. */
  writer(folds: EventFolds, options?: WriterOptions): EventWriter;
  /** Every row of the table, by key. */
  rows<Row extends object>(table: Table<Row>): Promise<Row[]>;
  /** Where it is, for what opens its own connections. */
  readonly address: DatabaseAddress;
  /** What queries are answered from. */
  readonly reads: Reads;
  /** The ids of the user's memories that the full-text index gives for any of the terms, ascending. */
  candidates(userId: string, anyOf: readonly string[]): Promise<number[]>;
  /** In how many of the user's memories the full-text index has the term. */
  frequency(userId: string, term: string): Promise<number>;
  /** Every table and index as the database describes it. */
  schema(): Promise<unknown[]>;
  /** Puts a row that no event made, and what the full-text index holds of such a row. */
  plant<Row extends object>(table: Table<Row>, row: Row): Promise<void>;
  /** Runs statements beside the service; rejects with what the database says. */
  execute(sql: string): Promise<void>;
  /** The same after taking away whatever protects the log, as someone with the database's password can. */
  tamper(sql: string): Promise<void>;
  /** Goes on as the next process does after this one was killed: nothing was closed, what was committed is there. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** A kind of database that the suites run over. */
export interface DatabaseUnderTest {
  name: string;
  open(): Promise<TestDatabase>;
  /** Statements of this database that change or remove events of a log of ten without UPDATE and DELETE. */
  waysAround: readonly { what: string; sql: string }[];
}

/** More rows than any test makes. */
export const MOST_ROWS = 1_000_000;
/** What shares a commit must not depend on how fast the machine is. */
const UNHURRIED = { batchMs: 60_000 };

// Every commit waits for the disk, and a machine under load must not fail a test.
jest.setTimeout(60_000);

/** The service's writer over the log, or over the one of the options. */
export function writerOver(
  ofDatabase: EventLog,
  folds: EventFolds,
  { clock = Date.now, limits, log = ofDatabase }: WriterOptions = {},
): EventWriter {
  const parts = { catalog: new EventCatalog(), codec: jsonCodec, folds, clock };
  return new EventWriter(log, parts, { ...DEFAULT_LIMITS, ...UNHURRIED, ...limits });
}

/** The change that puts a row where there was none. */
export function planting<Row extends object>(table: Table<Row>, row: Row): RowChanges {
  const key = table.key.map((column) => (row as Record<string, Key>)[column] as Key);
  const change: RowChange = { key, before: undefined, after: row };
  return new Map([[table, new Map([[keyText(key), change]])]]);
}
