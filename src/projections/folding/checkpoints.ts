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

/** More than there are projections, and than any operator makes skips. */
const MOST = 10_000;

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
  return reader.rows(table, { filters: [], order: table.key, limit: MOST });
}

/**
 * How a projection's rows stand to the log and to the folds of this program: `live` is at the log's end, `behind` is not;
 * the rows of `older` and `newer` were made by another version of the folds.
 */
export type Standing = 'live' | 'behind' | 'older' | 'newer';

/** See Standing; `head` is the position of the log's last event. */
export function standingOf(
  { version: declared }: Pick<Projection, 'version'>,
  checkpoint: Pick<CheckpointRow, 'version' | 'position'> | undefined,
  head: number,
): Standing {
  if (!checkpoint) return head === 0 ? 'live' : 'older';
  const { version, position } = checkpoint;
  if (version !== declared) return version < declared ? 'older' : 'newer';
  return position === head ? 'live' : 'behind';
}

/** Where a projection stopped, and why. */
export function failureText({
  position,
  eventId,
  cause,
}: Omit<FailureRow, 'projection' | 'failedAt'>): string {
  return `It stopped at position ${position}, event ${eventId}: ${cause}`;
}
