import type { Table } from '../../database/table.js';
import {
  checkpointsTable,
  failuresTable,
  skipsTable,
  type CheckpointRow,
  type FailureRow,
  type SkipRow,
} from '../../events/log/log-tables.js';
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
