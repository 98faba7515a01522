import { RowBatch } from '../database/row-batch.js';
import { Corrupt, ProjectionFailed } from '../errors.js';
import type { EventDecoder } from '../events/log/event-decoder.js';
import { settled, type EventLog } from '../events/log/event-log.js';
import { checkpointsTable, failuresTable } from '../events/log/log-tables.js';
import { catchUp, type CaughtUp } from './fold-again.js';
import type { Projection } from './projection.js';
import type { ProjectionGate } from './projection-gate.js';

/** How a store's projections were found at its start. */
export interface OpenedProjections {
  /** Those that were behind, and are at the head now. */
  caughtUp: CaughtUp[];
  /** Those whose rows other folds have made: they have to be rebuilt. */
  stale: Projection[];
  /** Those that stopped at an event which their folds cannot take. */
  failed: Projection[];
}

/** Brings projections to the head of the log where that is soon done, and tells which need more than that. */
export async function openProjections(
  log: EventLog,
  decoder: EventDecoder,
  projections: readonly Projection[],
): Promise<OpenedProjections> {
  const opened: OpenedProjections = { caughtUp: [], stale: [], failed: [] };
  for (const projection of projections) {
    if (await isStale(log, projection)) opened.stale.push(projection);
    else if (await stops(log, decoder, projection, opened.caughtUp)) opened.failed.push(projection);
  }
  return opened;
}

/** Keeps readers from what was not found whole. */
export function closeGate(gate: ProjectionGate, { stale, failed }: OpenedProjections): void {
  for (const projection of stale) gate.close(projection, 'rebuilding');
  for (const projection of failed) gate.close(projection, 'failed');
}

function isStale(log: EventLog, { name, version }: Projection): Promise<boolean> {
  return log.transaction((transaction) =>
    settled(transaction, () => {
      const checkpoint = new RowBatch(transaction.rows).get(checkpointsTable, name);
      return checkpoint ? checkpoint.version !== version : transaction.head.position > 0;
    }),
  );
}

async function stops(
  log: EventLog,
  decoder: EventDecoder,
  projection: Projection,
  caughtUp: CaughtUp[],
): Promise<boolean> {
  try {
    caughtUp.push(...(await catchUp(log, decoder, [projection])));
    return false;
  } catch (error) {
    if (!(error instanceof ProjectionFailed || error instanceof Corrupt)) throw error;
    const { position = 0, eventId = '' } = error.at ?? {};
    await log.transaction((transaction) => {
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
