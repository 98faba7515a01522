import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { EventLog, LogTransaction } from '../../events/log/event-log.js';
import { inBatch } from '../../events/log/in-batch.js';
import { checkpointsTable, failuresTable } from '../../events/log/log-tables.js';
import type { Projection } from '../projection.js';
import { statusIn } from './checkpoints.js';
import { pageToFold } from './page-to-fold.js';
import { ProjectionFolds } from './projection-folds.js';

const EVENTS_PER_PAGE = 1_000;

/** The input of `catchUp`, which folds into the live tables. */
export interface CatchUpParts {
  log: EventLog;
  decoder: EventDecoder;
  /** The events that projections skip, as skipIds. */
  skips: ReadonlySet<string>;
}

/** A projection that lagged, and how many events were folded to catch it up. */
export interface CaughtUp {
  projection: string;
  events: number;
}

/**
 * Brings projections to the head of the log. A projection that lags continues from its checkpoint. One whose
 * rows an older version folded, or that is ahead of the log, is cleared and starts from the first event. One
 * of a newer version is left alone. Throws PoisonEvent.
 */
export async function catchUp(parts: CatchUpParts, projections: readonly Projection[]): Promise<CaughtUp[]> {
  const caughtUp: CaughtUp[] = [];
  for (const projection of projections) {
    let events = 0;
    for (;;) {
      const folded = await parts.log.transaction((transaction) =>
        foldNextPage(transaction, parts, projection),
      );
      events += folded.events;
      // Following every later append might never end.
      if (folded.atHead) break;
    }
    if (events > 0) caughtUp.push({ projection: projection.name, events });
  }
  return caughtUp;
}

async function foldNextPage(
  transaction: LogTransaction,
  { decoder, skips }: CatchUpParts,
  projection: Projection,
): Promise<{ events: number; atHead: boolean }> {
  const { checkpoint, status } = await inBatch(transaction, (rows) => ({
    checkpoint: rows.get(checkpointsTable, projection.name),
    status: statusIn(projection, transaction.head.position, rows),
  }));
  // Another process may have swapped in newer rows since the caller checked.
  if (status === 'newer') return { events: 0, atHead: true };
  const continues = checkpoint !== undefined && (status === 'live' || status === 'behind');
  if (!continues) for (const table of projection.tables) await transaction.clear(table);
  const after = continues ? checkpoint.position : 0;
  const stored = await transaction.read({ after, limit: EVENTS_PER_PAGE });
  const page = await pageToFold(transaction, decoder, { stored, types: Object.keys(projection.folds) });
  const { events } = page;
  const folds = new ProjectionFolds([projection], { skips });
  await inBatch(transaction, (rows) => {
    folds.foldPage(page, rows);
    if (continues && events.length === 0) return;
    const upTo = events.at(-1)?.position ?? after;
    folds.checkpoint(upTo, rows);
    const failure = rows.get(failuresTable, projection.name);
    // The projection is past the event at which it had stopped.
    if (failure && failure.position > after && failure.position <= upTo)
      rows.remove(failuresTable, projection.name);
  });
  const atHead = events.length === 0 || events.at(-1)?.position === transaction.head.position;
  return { events: events.length, atHead };
}
