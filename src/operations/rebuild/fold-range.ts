import { setImmediate } from 'node:timers/promises';
import { shadowOf } from '../../database/shadow.js';
import { storedTable } from '../../database/stored-table.js';
import type { Table } from '../../database/table.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { EventLog } from '../../events/log/event-log.js';
import { RowComparison, type ProjectionDifferences } from '../../projections/folding/compare-rows.js';
import {
  foldStore,
  type FoldedUsers,
  type StoppedProjection,
  type UserRange,
} from '../../projections/folding/fold-store.js';
import type { SortedRows } from '../../projections/folding/folded-rows.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { Projection } from '../../projections/projection.js';

export interface FoldRangeParts {
  log: EventLog;
  reader: StoreReader;
  decoder: EventDecoder;
  projections: readonly Projection[];
  /** Events of one snapshot, unless its last user has more; 10,000 when omitted. */
  snapshotEvents?: number;
}

export interface FoldedRange {
  events: number;
  /** For each snapshot, its last user and its head position, in user-id order. */
  snapshots: Pick<FoldedUsers, 'upTo' | 'head'>[];
  failed: StoppedProjection[];
  /** How the live rows of the compared projections differ. */
  differences: ProjectionDifferences[];
}

/** Folds the events of some users into the shadow tables, and compares the folded rows with the live ones. */
export async function foldRange(
  parts: FoldRangeParts,
  { range, compared }: { range: UserRange; compared: readonly string[] },
  progress: (events: number) => void,
): Promise<FoldedRange> {
  const { log, reader, projections } = parts;
  const comparisons = projections
    .filter(({ name }) => compared.includes(name))
    .map(({ name, tables }) => new RowComparison(name, tables));
  const done: FoldedRange = { events: 0, snapshots: [], failed: [], differences: [] };
  done.failed = await foldStore({ ...parts, range }, async (folded) => {
    for (const comparison of comparisons) await comparison.take(reader, folded);
    await log.bulkInsert(forShadows(projections, folded.rows));
    done.snapshots.push({ upTo: folded.upTo, head: folded.head });
    done.events += folded.events;
    progress(folded.events);
    // SQLite calls are synchronous: yield, so that messages from other threads are handled.
    await setImmediate();
  });
  done.differences = comparisons.map((comparison) => comparison.result());
  return done;
}

/** The folded rows, by shadow table. */
function forShadows(projections: readonly Projection[], rows: SortedRows): Map<Table, readonly object[]> {
  const tables = projections.flatMap((projection) => projection.tables);
  return new Map(tables.map((table) => [storedTable(shadowOf(table)), rows.rowsOf(table)]));
}
