import { RowBatch } from '../../database/row-batch.js';
import type { Table } from '../../database/table.js';
import { PoisonEvent } from '../../errors.js';
import { settled, type EventLog } from '../../events/log/event-log.js';
import { checkpointsTable, failuresTable } from '../../events/log/log-tables.js';
import type { Projection } from '../projection.js';
import { catchUp, type CaughtUp, type FoldAgainParts } from './catch-up.js';
import { standingOf, type Standing } from './checkpoints.js';

/** How a store's projections were found at its start. */
export interface OpenedProjections {
  /** Those that were behind, and are at the head now. */
  caughtUp: CaughtUp[];
  /** Those whose rows other folds have made: they have to be rebuilt. */
  stale: Projection[];
  /** Those whose rows a newer release has made, which other processes may run. */
  outdated: Projection[];
  /** Those that stopped at an event which their folds cannot take. */
  failed: Projection[];
}

/** What projections are opened with. */
export interface OpenProjectionsParts extends FoldAgainParts {
  /** Whether processes of other releases may work on the same store. */
  shared: boolean;
}

/** Brings projections to the head of the log where that is soon done, and tells which need more than that. */
export async function openProjections(
  parts: OpenProjectionsParts,
  projections: readonly Projection[],
): Promise<OpenedProjections> {
  const opened: OpenedProjections = { caughtUp: [], stale: [], outdated: [], failed: [] };
  for (const projection of projections) {
    const standing = await standingIn(parts.log, projection);
    if (isStale(standing, parts)) opened.stale.push(projection);
    else if (standing === 'newer') opened.outdated.push(projection);
    else if (await stops(parts, projection, opened.caughtUp)) opened.failed.push(projection);
    // Swapped in meanwhile.
    else if ((await standingIn(parts.log, projection)) === 'newer') opened.outdated.push(projection);
  }
  return opened;
}

/**
 * Whether this program is to make the rows anew. A process of an older release leaves alone what a newer one has made
 * beside it; who has the store alone has gone back to the older release.
 */
export function isStale(standing: Standing, { shared }: Pick<OpenProjectionsParts, 'shared'>): boolean {
  return standing === 'older' || (standing === 'newer' && !shared);
}

function standingIn(log: EventLog, projection: Projection): Promise<Standing> {
  return log.transaction((transaction) =>
    settled(transaction, () => {
      const checkpoint = new RowBatch(transaction.rows).get(checkpointsTable, projection.name);
      return standingOf(projection, checkpoint, transaction.head.position);
    }),
  );
}

async function stops(parts: FoldAgainParts, projection: Projection, caughtUp: CaughtUp[]): Promise<boolean> {
  try {
    caughtUp.push(...(await catchUp(parts, [projection])));
    return false;
  } catch (error) {
    if (!(error instanceof PoisonEvent)) throw error;
    const { position = 0, eventId = '' } = error.at ?? {};
    await parts.log.transaction((transaction) => {
      const rows = new RowBatch(transaction.rows);
      const failedAt = Date.now();
      rows.put(failuresTable, {
        projection: projection.name,
        position,
        eventId,
        cause: error.message,
        failedAt,
      });
      return transaction.save(rows.changes());
    });
    return true;
  }
}

/** Drops what a rebuild that was killed has left behind. */
export async function dropShadows(log: EventLog, projections: readonly Projection[]): Promise<void> {
  for (const table of tablesOf(projections)) await log.transaction(({ shadows }) => shadows.drop(table));
}

/** The tables of the projections. */
export function tablesOf(projections: readonly Projection[]): Table[] {
  return projections.flatMap(({ tables }) => tables);
}
