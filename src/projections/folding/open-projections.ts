import type { Table } from '../../database/table.js';
import { PoisonEvent } from '../../errors.js';
import type { EventLog } from '../../events/log/event-log.js';
import { inBatch } from '../../events/log/in-batch.js';
import { failuresTable } from '../../events/log/log-tables.js';
import type { Projection } from '../projection.js';
import { catchUp, type CaughtUp, type CatchUpParts } from './catch-up.js';
import { statusIn, type ProjectionStatus } from './checkpoints.js';

/** How a store's projections were found at its start. */
export interface OpenedProjections {
  /** Those that lagged, and are at the head now. */
  caughtUp: CaughtUp[];
  /** Those whose rows other folds have made: they have to be rebuilt. */
  stale: Projection[];
  /** Those whose rows a newer release has made, which other processes may run. */
  outdated: Projection[];
  /** Those that stopped at an event which their folds cannot take. */
  failed: Projection[];
}

/** What projections are opened with. */
export interface OpenProjectionsParts extends CatchUpParts {
  /** Whether processes of other releases may work on the same store. */
  shared: boolean;
}

/** Brings projections to the head of the log where that is soon done, and reports which need more than that. */
export async function openProjections(
  parts: OpenProjectionsParts,
  projections: readonly Projection[],
): Promise<OpenedProjections> {
  const opened: OpenedProjections = { caughtUp: [], stale: [], outdated: [], failed: [] };
  for (const projection of projections) {
    const status = await statusNow(parts.log, projection);
    if (isStale(status, parts)) opened.stale.push(projection);
    else if (status === 'newer') opened.outdated.push(projection);
    else await catchUpOne(parts, projection, opened);
  }
  return opened;
}

async function catchUpOne(
  parts: CatchUpParts,
  projection: Projection,
  opened: OpenedProjections,
): Promise<void> {
  const caughtUp = await catchUpOrRecordFailure(parts, projection);
  if (caughtUp === 'failed') {
    opened.failed.push(projection);
    return;
  }
  opened.caughtUp.push(...caughtUp);
  // Another process may have swapped newer rows in since.
  if ((await statusNow(parts.log, projection)) === 'newer') opened.outdated.push(projection);
}

/**
 * Whether this program has to rebuild the rows. A process of an older release leaves rows of newer folds alone, because
 * another process made them; a process that has the store alone has gone back to the older release.
 */
export function isStale(status: ProjectionStatus, { shared }: Pick<OpenProjectionsParts, 'shared'>): boolean {
  return status === 'older' || (status === 'newer' && !shared);
}

function statusNow(log: EventLog, projection: Projection): Promise<ProjectionStatus> {
  return log.transaction((transaction) =>
    inBatch(transaction, (rows) => statusIn(projection, transaction.head.position, rows)),
  );
}

/** Catches the projection up; where it stops at a poison event, records that as its failure. */
async function catchUpOrRecordFailure(
  parts: CatchUpParts,
  projection: Projection,
): Promise<CaughtUp[] | 'failed'> {
  try {
    return await catchUp(parts, [projection]);
  } catch (error) {
    if (!(error instanceof PoisonEvent)) throw error;
    const { position = 0, eventId = '' } = error.at ?? {};
    const failure = { projection: projection.name, position, eventId, cause: error.message };
    await parts.log.transaction((transaction) =>
      inBatch(transaction, (rows) => rows.put(failuresTable, { ...failure, failedAt: Date.now() })),
    );
    return 'failed';
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
