import { PoisonEvent } from '../../errors.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { LogTransaction } from '../../events/log/event-log.js';
import { inBatch } from '../../events/log/in-batch.js';
import { checkpointsTable, failuresTable, skipsTable } from '../../events/log/log-tables.js';
import { undoesEarlier } from '../../events/log/record-effects.js';
import type { Projection } from '../projection.js';
import { statusIn } from './checkpoints.js';
import { ProjectionFolds } from './projection-folds.js';

/**
 * A lag of at most this many events is caught up inside a command's transaction. More is left to Upkeep,
 * because commands would wait for it.
 */
export const MAX_INLINE_EVENTS = 1_000;

/**
 * Folds the few events that a process of another release appended without folding them. It does so inside a
 * transaction that writes anyway, so that the projections are at the head before the transaction's own events
 * are folded. A lag stays, or becomes shorter, if it is too long or has a retraction, an erasure or a poison
 * event. Returns whether a lag is gone.
 */
export async function catchUpInline(
  transaction: LogTransaction,
  decoder: EventDecoder,
  projections: readonly Projection[],
): Promise<boolean> {
  let folded = false;
  for (const projection of projections) {
    const after = await laggingCheckpoint(transaction, projection);
    if (after === undefined || transaction.head.position - after > MAX_INLINE_EVENTS) continue;
    try {
      folded = (await foldAfter(transaction, decoder, projection, after)) || folded;
    } catch (error) {
      // Upkeep reaches the same event and records the failure.
      if (!(error instanceof PoisonEvent)) throw error;
    }
  }
  return folded;
}

/** The checkpoint of a projection that lags without having stopped at a poison event; undefined otherwise. */
function laggingCheckpoint(transaction: LogTransaction, projection: Projection): Promise<number | undefined> {
  return inBatch(transaction, (rows) => {
    if (statusIn(projection, transaction.head.position, rows) !== 'behind') return undefined;
    const { position } = rows.get(checkpointsTable, projection.name) ?? { position: 0 };
    const failure = rows.get(failuresTable, projection.name);
    return failure && failure.position > position ? undefined : position;
  });
}

async function foldAfter(
  transaction: LogTransaction,
  decoder: EventDecoder,
  projection: Projection,
  after: number,
): Promise<boolean> {
  const folds = new ProjectionFolds([projection]);
  for (let position = after; ;) {
    const stored = await transaction.read({ after: position, limit: MAX_INLINE_EVENTS });
    const last = stored.at(-1);
    if (!last) break;
    // A user is not folded again while commands wait.
    if (stored.some(undoesEarlier)) return false;
    const events = stored.map((event) => decoder.decode(event));
    await inBatch(transaction, (rows) => {
      for (const event of events)
        if (!rows.get(skipsTable, projection.name, event.eventId)) folds.fold(event, rows);
      // Pages end early when they are large: a later one may have to be left to Upkeep.
      folds.checkpoint(last.position, rows);
    });
    position = last.position;
  }
  return true;
}
