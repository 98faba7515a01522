import { RowBatch } from '../../database/row-batch.js';
import { PoisonEvent } from '../../errors.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import { settled, type LogTransaction } from '../../events/log/event-log.js';
import { checkpointsTable, failuresTable, skipsTable } from '../../events/log/log-tables.js';
import type { Projection } from '../projection.js';
import { standingOf } from './checkpoints.js';
import { ProjectionFolds } from './projection-folds.js';

/** What others write between two looks of Upkeep, and some; more is left to it, for commands wait meanwhile. */
export const FEW = 1_000;

/**
 * Folds, within a transaction that writes anyway, the few events that a process of another release has appended without
 * folding them, so that what is written next finds its projection at the log's end. What cannot be folded so is left as it is. Answers whether
 * anything was folded.
 */
export async function bringForward(
  transaction: LogTransaction,
  decoder: EventDecoder,
  projections: readonly Projection[],
): Promise<boolean> {
  let folded = false;
  for (const projection of projections) {
    const after = await placeBehind(transaction, projection);
    if (after === undefined || transaction.head.position - after > FEW) continue;
    try {
      await foldAfter(transaction, decoder, projection, after);
      folded = true;
    } catch (error) {
      // Upkeep meets it as well, and notes it.
      if (!(error instanceof PoisonEvent)) throw error;
    }
  }
  return folded;
}

/** Where the projection stands; undefined where it is at the head, has stopped at an event, or is of other folds. */
function placeBehind(transaction: LogTransaction, projection: Projection): Promise<number | undefined> {
  return settled(transaction, () => {
    const rows = new RowBatch(transaction.rows);
    const checkpoint = rows.get(checkpointsTable, projection.name);
    const failure = rows.get(failuresTable, projection.name);
    const { position: head } = transaction.head;
    if (!checkpoint || standingOf(projection, checkpoint, head) !== 'behind') return undefined;
    // Rows of events that are gone have to be made anew.
    if (checkpoint.position > head) return undefined;
    return failure && failure.position > checkpoint.position ? undefined : checkpoint.position;
  });
}

async function foldAfter(
  transaction: LogTransaction,
  decoder: EventDecoder,
  projection: Projection,
  after: number,
): Promise<void> {
  const events = (await transaction.read({ after, limit: FEW })).map((stored) => decoder.decode(stored));
  const folds = new ProjectionFolds([projection]);
  const changes = await settled(transaction, () => {
    const rows = new RowBatch(transaction.rows);
    for (const event of events)
      if (!rows.get(skipsTable, projection.name, event.eventId)) folds.fold(event, rows);
    folds.checkpoint(transaction.head.position, rows);
    return rows.changes();
  });
  await transaction.save(changes);
}
