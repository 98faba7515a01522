import type { Rows } from '../../database/row-store.js';
import type { Key, Table } from '../../database/table.js';
import { Refused } from '../../errors.js';
import type { Projection } from '../projection.js';

/** A row of one user as it is after all events of the user were folded again; null if it is gone. */
export interface RefoldedRow {
  table: string;
  key: readonly Key[];
  row: object | null;
}

/** The rows of a user that differ from the live ones after a fold beside the writer. */
export interface Refolded {
  /** The names of the projections that were compared. */
  projections: readonly string[];
  rows: readonly RefoldedRow[];
}

/**
 * Puts the rows in the place of the live ones. Throws Refused if a live projection was not compared: it has
 * become live since, and its rows would keep what was taken back.
 */
export function putRefolded(
  { projections: compared, rows: refolded }: Refolded,
  live: readonly Projection[],
  rows: Rows,
): void {
  const missing = live.find(({ name, tables }) => tables.length > 0 && !compared.includes(name));
  if (missing) throw overtaken(`projection ${missing.name} was not ready`);
  const tables = new Map<string, Table>(
    live.flatMap((projection) => projection.tables.map((table) => [table.name, table] as const)),
  );
  for (const { table: name, key, row } of refolded) {
    // A projection that is not live any more is brought forward from the log.
    const table = tables.get(name);
    if (!table) continue;
    if (row === null) rows.remove(table, ...key);
    // Read first, so that the index knows the words of the row before.
    else rows.evolve(table, [...key], () => row);
  }
}

/** What was folded beside the writer is out of date: it has to be folded on. */
export function overtaken(why: string): Refused {
  const message = `The retraction was prepared for an earlier state (${why}), and others were faster again and again; retry.`;
  return new Refused('retraction.overtaken', message);
}
