import type { Rows } from '../../database/row-store.js';
import type { Key, Table } from '../../database/table.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { Projection } from '../projection.js';
import { pagesOfUser, RowComparison } from './compare-rows.js';
import { FoldedRows } from './folded-rows.js';
import { knownEvents } from './page-to-fold.js';
import { ProjectionFolds } from './projection-folds.js';
import type { StoreReader } from './store-reader.js';

const EVENTS_PER_PAGE = 1_000;
/** Rows written in one transaction: commands wait no longer than for a batch. */
export const ROWS_PER_STEP = 250;

/** The input of `foldBeside`. */
export interface FoldBesideParts {
  reader: Pick<StoreReader, 'eventsOfUser' | 'rows'>;
  decoder: EventDecoder;
  projections: readonly Projection[];
  /** The events that projections skip, as skipIds. */
  skips: ReadonlySet<string>;
  /** Returns the table to write to; the live one by default. */
  tableOf?: (table: Table) => Table;
}

/** A row to write; it is to be removed if there is none after. */
export interface DifferentRow {
  table: Table;
  key: readonly Key[];
  after: object | undefined;
}

/**
 * Folds the events of one user up to a position, outside of any transaction and in memory, as they count
 * there. Returns how the rows that are stored differ, in steps to be written one after another; at least one
 * step. What is written becomes equal to the fold, so that a process that does the same again, or at the same time,
 * writes the same rows. Throws PoisonEvent.
 */
export async function foldBeside(
  parts: FoldBesideParts,
  user: { userId: string; position: number },
): Promise<DifferentRow[][]> {
  const { reader, projections, tableOf = (table) => table } = parts;
  const folded = (await foldUser(parts, user)).sorted();
  const different: DifferentRow[] = [];
  for (const { name, tables } of projections) {
    const comparison = new RowComparison(name, tables, Infinity);
    await comparison.takeRows((table) => pagesOfUser(reader, tableOf(table), user.userId), folded);
    const byName = new Map(tables.map((table) => [table.name, table]));
    for (const { table, key, folded: after } of comparison.result().firstDifferences)
      different.push({ table: byName.get(table) as Table, key, after });
  }
  return inSteps(different);
}

/** Puts the rows of a step in the place of those that are stored. */
export function putDifferent(different: readonly DifferentRow[], rows: Rows): void {
  for (const { table, key, after } of different) {
    // Both read the row first, so that a full-text index knows the words of the row before.
    if (after) rows.evolve(table, [...key], () => after);
    else rows.remove(table, ...key);
  }
}

async function foldUser(
  { reader, decoder, projections, skips }: FoldBesideParts,
  { userId, position: upTo }: { userId: string; position: number },
): Promise<FoldedRows> {
  const rows = new FoldedRows();
  const folds = new ProjectionFolds(projections, { skips });
  const types = [...new Set(projections.flatMap((projection) => Object.keys(projection.folds)))];
  for (let after = 0; ;) {
    const page = await reader.eventsOfUser({ userId, upTo, types, after, limit: EVENTS_PER_PAGE });
    for (const { event, isRetracted } of knownEvents(page.events, decoder))
      folds.fold(event, rows, isRetracted);
    if (!page.more) return rows;
    after = page.events.at(-1)?.position ?? upTo;
  }
}

function inSteps(different: readonly DifferentRow[]): DifferentRow[][] {
  const steps: DifferentRow[][] = [[]];
  for (const row of different) {
    if (steps.at(-1)?.length === ROWS_PER_STEP) steps.push([]);
    steps.at(-1)?.push(row);
  }
  return steps;
}
