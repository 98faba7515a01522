import { RowBatch } from '../../src/database/row-batch.js';
import { NOT_BEING_ERASED } from '../../src/database/row-store.js';
import { type StoreEvent } from '../../src/events/event-catalog.js';
import { EventDecoder } from '../../src/events/log/event-decoder.js';
import type { EventLog, Retraction } from '../../src/events/log/event-log.js';
import { NOW } from '../../src/events/log/retraction/retraction-marks.js';
import type { CatchUpParts } from '../../src/projections/folding/catch-up.js';
import { ProjectionFolds } from '../../src/projections/folding/projection-folds.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { allEvents } from './appends.js';
import { MemoryRowStore } from './memory-row-store.js';
import type { TestDatabase } from './test-database.js';

const TABLES = PROJECTIONS.flatMap(({ tables }) => tables);
const MAX_ROWS = 1_000_000;

/** The rows of every projection, by table and key. */
export type Snapshot = Record<string, object[]>;

export function decoder(): EventDecoder {
  return new EventDecoder();
}

/** The parts that catch-up needs, over a test's database. */
export function catchUpParts(
  { log, reader }: Pick<TestDatabase, 'log' | 'reader'>,
  skips: ReadonlySet<string> = new Set(),
): CatchUpParts {
  return { log, reader, decoder: decoder(), skips };
}

/** Every event of the log, decoded as for folds; those that are taken back as of the position have a mark. */
export async function decoded(
  log: EventLog,
  asOf = NOW,
): Promise<(StoreEvent & { retraction?: Retraction })[]> {
  const eventDecoder = decoder();
  return (await allEvents(log, asOf)).map((stored) => eventDecoder.decode(stored));
}

/** Every event that counts as of the position. */
export async function counting(log: EventLog, asOf = NOW): Promise<StoreEvent[]> {
  return (await decoded(log, asOf)).filter(({ retraction }) => !retraction);
}

/** The rows in the database. */
export async function storedRows(db: Pick<TestDatabase, 'rows'>): Promise<Snapshot> {
  const tables = await Promise.all(TABLES.map(async (table) => [table.name, await db.rows(table)] as const));
  return Object.fromEntries(tables);
}

/** The rows that whoever reads the rows of several users finds. */
export function visibleRows({ address }: Pick<TestDatabase, 'address'>): Promise<Snapshot> {
  return readStore(address, async (reader) => {
    const snapshot: Snapshot = {};
    for (const table of TABLES) {
      const query = { filters: [NOT_BEING_ERASED], order: table.key, limit: MAX_ROWS };
      snapshot[table.name] = await reader.rows(table, query);
    }
    return snapshot;
  });
}

/** The rows of the log, folded in memory from its beginning. */
export async function refolded(log: EventLog): Promise<MemoryRowStore> {
  const folds = new ProjectionFolds(PROJECTIONS);
  const store = new MemoryRowStore();
  for (const event of await decoded(log)) {
    const batch = new RowBatch(store);
    folds.fold(event, batch, event.retraction !== undefined);
    store.save(batch.changes());
  }
  return store;
}

export async function refoldedRows(log: EventLog): Promise<Snapshot> {
  const store = await refolded(log);
  const tables = await Promise.all(
    TABLES.map(async (table) => {
      const query = { filters: [], order: table.key, limit: MAX_ROWS };
      return [table.name, await store.list(table, query)] as const;
    }),
  );
  return Object.fromEntries(tables);
}
