import type { RowsView } from '../../database/row-store.js';
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

type Reader = Pick<StoreReader, 'rows'>;

/** Upper bound on checkpoint, failure and skip rows read at once. */
const MAX_BOOKKEEPING_ROWS = 10_000;

/** How far each projection has folded, and with which version. */
export function allCheckpoints(reader: Reader): Promise<CheckpointRow[]> {
  return all(reader, checkpointsTable);
}

/** Where projections have stopped. */
export function allFailures(reader: Reader): Promise<FailureRow[]> {
  return all(reader, failuresTable);
}

/** The events that projections were told to leave out. */
export function allSkips(reader: Reader): Promise<SkipRow[]> {
  return all(reader, skipsTable);
}

/** The same, each to be looked up by its skipId. */
export async function readSkips(reader: Reader): Promise<Set<string>> {
  const skips = await allSkips(reader);
  return new Set(skips.map(({ projection, position }) => skipId(projection, position)));
}

/** What a skip is looked up by. */
export function skipId(projection: string, position: number): string {
  return `${projection} ${position}`;
}

function all<Row extends object>(reader: Reader, table: Table<Row>): Promise<Row[]> {
  return reader.rows(table, { filters: [], order: table.key, limit: MAX_BOOKKEEPING_ROWS });
}

/**
 * A projection's checkpoint compared with the head and with the declared version: `live` is at the head, `behind` lags,
 * `ahead` has folded events that the log does not have any more; the rows of `older` and `newer` were made by another
 * version of the folds.
 */
export type ProjectionStatus = 'live' | 'behind' | 'ahead' | 'older' | 'newer';

/** The one comparison of a checkpoint with the head and the declared version; `head` is the position of the last event. */
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

/** The same, with the checkpoint among the rows. */
export function statusIn(projection: Projection, head: number, rows: RowsView): ProjectionStatus {
  return statusOf(projection, rows.get(checkpointsTable, projection.name), head);
}

/** Whether the present folds have made the rows. */
export function isOfThisVersion(status: ProjectionStatus): boolean {
  return status !== 'older' && status !== 'newer';
}

/** Where a projection stopped, and why. */
export function failureText({
  position,
  eventId,
  cause,
}: Omit<FailureRow, 'projection' | 'failedAt'>): string {
  return `It stopped at position ${position}, event ${eventId}: ${cause}`;
}
