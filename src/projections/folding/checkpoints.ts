import { pagesOf } from '../../database/pages-of.js';
import type { RowReader, RowsView } from '../../database/row-store.js';
import type { Table } from '../../database/table.js';
import {
  checkpointsTable,
  failuresTable,
  skipsTable,
  type CheckpointRow,
  type FailureRow,
  type SkipRow,
} from '../../events/log/log-tables.js';
import type { Projection } from '../projection.js';
import type { StoreReader } from './store-reader.js';

type RowsReader = Pick<StoreReader, 'rows'>;

/** Returns the checkpoints: how far each projection has folded, and with which version. */
export function allCheckpoints(reader: RowsReader): Promise<CheckpointRow[]> {
  return allRows(reader, checkpointsTable);
}

/** Returns the failures: the event at which each stopped projection stopped, and why. */
export function allFailures(reader: RowsReader): Promise<FailureRow[]> {
  return allRows(reader, failuresTable);
}

/** Returns the skips: the events that an operator had a projection leave out. */
export function allSkips(reader: RowsReader): Promise<SkipRow[]> {
  return allRows(reader, skipsTable);
}

/** Returns all skips as a set of skipIds. */
export async function readSkips(reader: RowsReader): Promise<Set<string>> {
  const skips = await allSkips(reader);
  return new Set(skips.map(({ projection, position }) => skipId(projection, position)));
}

/** The key of a skip in the set that `readSkips` returns. */
export function skipId(projection: string, position: number): string {
  return `${projection} ${position}`;
}

async function allRows<Row extends object>(reader: RowsReader, table: Table<Row>): Promise<Row[]> {
  const list: RowReader['list'] = (of, query) => reader.rows(of, query);
  const all: Row[] = [];
  for await (const page of pagesOf({ list }, table, { filters: [], order: table.key })) all.push(...page);
  return all;
}

/**
 * A projection's checkpoint compared with the head and with the declared version. `live` is at the head,
 * `behind` lags, `ahead` has folded events that the log no longer has. The rows of `older` and `newer` were
 * folded by another version.
 */
export type ProjectionStatus = 'live' | 'behind' | 'ahead' | 'older' | 'newer';

/**
 * Compares a checkpoint with the head and the declared version; `head` is the position of the last event.
 * Without a checkpoint a projection is `live` if the log is empty, else `older`.
 */
export function statusOf(
  { version: declared }: Pick<Projection, 'version'>,
  checkpoint: Pick<CheckpointRow, 'version' | 'position'> | undefined,
  head: number,
): ProjectionStatus {
  if (!checkpoint) return head === 0 ? 'live' : 'older';
  const { version, position } = checkpoint;
  if (version !== declared) return version < declared ? 'older' : 'newer';
  if (position === head) return 'live';
  return position < head ? 'behind' : 'ahead';
}

/** Does the same with the checkpoint row of the projection. */
export function statusIn(projection: Projection, head: number, rows: RowsView): ProjectionStatus {
  return statusOf(projection, rows.get(checkpointsTable, projection.name), head);
}

/** Whether the declared version folded the rows. */
export function isDeclaredVersion(status: ProjectionStatus): boolean {
  return status !== 'older' && status !== 'newer';
}

/** A sentence for operators: where a projection stopped, and why. */
export function failureText({
  position,
  eventId,
  cause,
}: Omit<FailureRow, 'projection' | 'failedAt'>): string {
  return `Stopped at position ${position} (event ${eventId}): ${cause}`;
}
