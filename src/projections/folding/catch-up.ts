import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { EventLog, LogTransaction } from '../../events/log/event-log.js';
import { inBatch } from '../../events/log/in-batch.js';
import { checkpointsTable, failuresTable } from '../../events/log/log-tables.js';
import type { Projection } from '../projection.js';
import { statusIn } from './checkpoints.js';
import { ProjectionFolds } from './projection-folds.js';

const EVENTS_PER_PAGE = 1_000;

/** What folding into the live tables needs. */
export interface CatchUpParts {
  log: EventLog;
  decoder: EventDecoder;
  /** The events that projections leave out; see readSkips. */
  skips: ReadonlySet<string>;
}

/** A projection that lagged, and how many events it has folded since. */
export interface CaughtUp {
  projection: string;
  events: number;
}

/**
 * Brings projections to the head of the log: those that lag go on from their checkpoint, those whose rows are of older
 * folds start from the first event, those of newer folds are left alone. Throws PoisonEvent.
 */
export async function catchUp(parts: CatchUpParts, projections: readonly Projection[]): Promise<CaughtUp[]> {
  const done: CaughtUp[] = [];
  for (const projection of projections) {
    let events = 0;
    for (;;) {
      const folded = await parts.log.transaction((transaction) =>
        foldNextPage(transaction, parts, projection),
      );
      events += folded;
      // The head of this transaction is reached; what is appended after it may never end.
      if (folded < EVENTS_PER_PAGE) break;
    }
    if (events > 0) done.push({ projection: projection.name, events });
  }
  return done;
}

async function foldNextPage(
  transaction: LogTransaction,
  { decoder, skips }: CatchUpParts,
  projection: Projection,
): Promise<number> {
  const { checkpoint, status } = await inBatch(transaction, (rows) => ({
    checkpoint: rows.get(checkpointsTable, projection.name),
    status: statusIn(projection, transaction.head.position, rows),
  }));
  // Another process may have swapped them in since the caller looked.
  if (status === 'newer') return 0;
  const goesOn = checkpoint !== undefined && (status === 'live' || status === 'behind');
  if (!goesOn) for (const table of projection.tables) await transaction.clear(table);
  const after = goesOn ? checkpoint.position : 0;
  const stored = await transaction.read({ after, limit: EVENTS_PER_PAGE });
  const events = stored.map((event) => decoder.decode(event));
  const folds = new ProjectionFolds([projection], skips);
  await inBatch(transaction, (rows) => {
    for (const event of events) folds.fold(event, rows);
    if (goesOn && events.length === 0) return;
    const upTo = events.at(-1)?.position ?? after;
    folds.checkpoint(upTo, rows);
    const failure = rows.get(failuresTable, projection.name);
    // It has come past the event that it had stopped at.
    if (failure && failure.position > after && failure.position <= upTo)
      rows.remove(failuresTable, projection.name);
  });
  return events.length;
}
