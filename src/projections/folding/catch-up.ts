import { RowBatch } from '../../database/row-batch.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import { settled, type EventLog, type LogTransaction } from '../../events/log/event-log.js';
import { checkpointsTable, failuresTable, type CheckpointRow } from '../../events/log/log-tables.js';
import type { Projection } from '../projection.js';
import { ProjectionFolds } from './projection-folds.js';

const PAGE = 1_000;

/** What folding over the live tables needs. */
export interface FoldAgainParts {
  log: EventLog;
  decoder: EventDecoder;
  /** The events that projections leave out; see readSkips. */
  skips: ReadonlySet<string>;
}

/**
 * Folds one user again, alone, in one transaction: drops the user's rows of the given projections and folds the
 * user's events, for each projection up to where it has folded everyone's. Answers how many events the user has.
 */
export function foldUserAgain(
  { log, decoder, skips }: FoldAgainParts,
  projections: readonly Projection[],
  userId: string,
): Promise<number> {
  return log.transaction(async (transaction) => {
    for (const table of projections.flatMap(({ tables }) => tables))
      await transaction.removeUser(table, userId);
    const checkpoints = await settled(transaction, () =>
      projections.map((each) => checkpointOf(transaction, each)),
    );
    const folded = projections.map((projection, i) => ({
      folds: new ProjectionFolds([projection], skips),
      upTo: checkpoints[i]?.position ?? 0,
    }));
    let after = 0;
    let count = 0;
    for (;;) {
      const events = await transaction.read({ after, userId, limit: PAGE });
      const decoded = events.map((stored) => decoder.decode(stored));
      await transaction.save(
        await settled(transaction, () => {
          const rows = new RowBatch(transaction.rows);
          for (const event of decoded)
            for (const { folds, upTo } of folded) if (event.position <= upTo) folds.fold(event, rows);
          return rows.changes();
        }),
      );
      count += events.length;
      after = events.at(-1)?.position ?? after;
      if (events.length < PAGE) return count;
    }
  });
}

function checkpointOf({ rows }: LogTransaction, { name }: Projection): CheckpointRow | undefined {
  return rows.load(checkpointsTable, [name]) as CheckpointRow | undefined;
}

/** A projection that was behind, and how many events it has folded since. */
export interface CaughtUp {
  projection: string;
  events: number;
}

/**
 * Brings projections to the head of the log before the service answers: those that are behind go on from their
 * checkpoint, those whose rows are of older folds start anew, those of newer folds are left alone. Answers the names and what
 * was folded.
 */
export async function catchUp(
  parts: FoldAgainParts,
  projections: readonly Projection[],
): Promise<CaughtUp[]> {
  const done = [];
  for (const projection of projections) {
    let events = 0;
    for (;;) {
      const folded = await parts.log.transaction((transaction) =>
        foldNextPage(transaction, parts, projection),
      );
      events += folded;
      // A whole transaction's head was reached; what comes after it may never end.
      if (folded < PAGE) break;
    }
    if (events > 0) done.push({ projection: projection.name, events });
  }
  return done;
}

async function foldNextPage(
  transaction: LogTransaction,
  { decoder, skips }: FoldAgainParts,
  projection: Projection,
): Promise<number> {
  const checkpoint = await settled(transaction, () => checkpointOf(transaction, projection));
  // Another process may have swapped them in since the last look.
  if (checkpoint && checkpoint.version > projection.version) return 0;
  const isCurrent =
    checkpoint?.version === projection.version && checkpoint.position <= transaction.head.position;
  if (!isCurrent) for (const table of projection.tables) await transaction.clear(table);
  const after = isCurrent ? checkpoint.position : 0;
  const events = (await transaction.read({ after, limit: PAGE })).map((stored) => decoder.decode(stored));
  const folds = new ProjectionFolds([projection], skips);
  const changes = await settled(transaction, () => {
    const rows = new RowBatch(transaction.rows);
    for (const event of events) folds.fold(event, rows);
    if (!isCurrent || events.length > 0) {
      const upTo = events.at(-1)?.position ?? after;
      folds.checkpoint(upTo, rows);
      const failure = rows.get(failuresTable, projection.name);
      // It has come past the event that it had stopped at.
      if (failure && failure.position > after && failure.position <= upTo)
        rows.remove(failuresTable, projection.name);
    }
    return rows.changes();
  });
  await transaction.save(changes);
  return events.length;
}
