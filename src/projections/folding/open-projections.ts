import type { Table } from '../../database/table.js';
import { PoisonEvent } from '../../errors.js';
import type { EventLog } from '../../events/log/event-log.js';
import { inBatch } from '../../events/log/in-batch.js';
import { failuresTable } from '../../events/log/log-tables.js';
import type { Projection } from '../projection.js';
import { catchUp, type CaughtUp, type CatchUpParts } from './catch-up.js';
import { statusIn, type ProjectionStatus } from './checkpoints.js';
import { explainStop } from './damaged-event.js';

/** The state of a store's projections when it was opened. */
export interface OpenedProjections {
  /** Projections that lagged and are now at the head. */
  caughtUp: CaughtUp[];
  /** Projections whose rows another version folded: they must be rebuilt. */
  stale: Projection[];
  /** Projections whose rows a newer release folded; other processes may be running that release. */
  outdated: Projection[];
  /** Projections that stopped at a poison event. */
  failed: Projection[];
}

/** The input of `openProjections`. */
export interface OpenProjectionsParts extends CatchUpParts {
  /** Whether processes of other releases may work on the same store. */
  shared: boolean;
}

/** Catches up the projections that need no rebuild, and reports the others. */
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
  // Another process may have swapped in newer rows since.
  if ((await statusNow(parts.log, projection)) === 'newer') opened.outdated.push(projection);
}

/**
 * Whether this process must rebuild the projection. On a shared store newer rows are left alone, because a
 * process of a newer release folded them. On a store with one process newer rows mean a downgrade, so they
 * are rebuilt.
 */
export function isStale(status: ProjectionStatus, { shared }: Pick<OpenProjectionsParts, 'shared'>): boolean {
  return status === 'older' || (status === 'newer' && !shared);
}

function statusNow(log: EventLog, projection: Projection): Promise<ProjectionStatus> {
  return log.transaction((transaction) =>
    inBatch(transaction, (rows) => statusIn(projection, transaction.head.position, rows)),
  );
}

/** Catches the projection up. If it stops at a poison event, records the failure. */
async function catchUpOrRecordFailure(
  parts: CatchUpParts,
  projection: Projection,
): Promise<CaughtUp[] | 'failed'> {
  try {
    return await catchUp(parts, [projection]);
  } catch (error) {
    if (!(error instanceof PoisonEvent)) throw error;
    const { position = 0, eventId = '' } = error.at ?? {};
    const { cause } = await explainStop((query) => parts.log.read(query), { position, cause: error.message });
    const failure = { projection: projection.name, position, eventId, cause };
    await parts.log.transaction((transaction) =>
      inBatch(transaction, (rows) => rows.put(failuresTable, { ...failure, failedAt: Date.now() })),
    );
    return 'failed';
  }
}

/** Drops the shadow tables that a killed rebuild left behind. */
export async function dropShadows(log: EventLog, projections: readonly Projection[]): Promise<void> {
  for (const table of tablesOf(projections)) await log.transaction(({ shadows }) => shadows.drop(table));
}

/** The tables of the projections. */
export function tablesOf(projections: readonly Projection[]): Table[] {
  return projections.flatMap(({ tables }) => tables);
}
