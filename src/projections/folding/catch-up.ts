import type { RowsView, Rows } from '../../database/row-store.js';
import { erasuresTable, type ErasureRow } from '../../events/log/erasure/erasure-tables.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { EventLog, LogTransaction, StoredEvent } from '../../events/log/event-log.js';
import { inBatch } from '../../events/log/in-batch.js';
import { checkpointsTable, failuresTable } from '../../events/log/log-tables.js';
import type { Projection } from '../projection.js';
import { statusIn } from './checkpoints.js';
import { foldBeside, putDifferent } from './fold-beside.js';
import { pageToFold } from './page-to-fold.js';
import { ProjectionFolds } from './projection-folds.js';
import type { StoreReader } from './store-reader.js';

const EVENTS_PER_PAGE = 1_000;

/** The input of `catchUp`, which folds into the live tables. */
export interface CatchUpParts {
  log: EventLog;
  reader: Pick<StoreReader, 'eventsOfUser' | 'rows'>;
  decoder: EventDecoder;
  /** The events that projections skip, as skipIds. */
  skips: ReadonlySet<string>;
  /** Called before rows are written in several transactions: readers would find some of them only. */
  onSteps?: (projection: Projection) => void;
}

/** A projection that lagged, and how many events were folded to catch it up. */
export interface CaughtUp {
  projection: string;
  events: number;
}

/** What a transaction has folded. */
interface Folded {
  events: number;
  atHead: boolean;
  /** The next event, if its user has to be folded beside, and the checkpoint. */
  beside?: { event: StoredEvent; after: number } | undefined;
}

/**
 * Brings projections to the head of the log. A projection that lags continues from its checkpoint. One whose
 * rows an older version folded, or that is ahead of the log, is cleared and starts from the first event. One
 * of a newer version is left alone. A user of many events whose past changes is folded again beside the
 * writer. Throws PoisonEvent.
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
      if (folded.beside) events += await foldUserAgain(parts, projection, folded.beside);
      // Following every later append might never end.
      else if (folded.atHead) break;
    }
    if (events > 0) caughtUp.push({ projection: projection.name, events });
  }
  return caughtUp;
}

async function foldNextPage(
  transaction: LogTransaction,
  { decoder, skips }: CatchUpParts,
  projection: Projection,
): Promise<Folded> {
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
  const upTo = events.at(-1)?.position ?? after;
  const folds = new ProjectionFolds([projection], { skips });
  await inBatch(transaction, (rows) => {
    folds.foldPage(page, rows);
    if (continues && events.length === 0) return;
    moveCheckpoint(projection, { after, upTo }, rows);
  });
  const beside = page.beside && { event: page.beside, after: upTo };
  const atHead = events.length === 0 || upTo === transaction.head.position;
  return { events: events.length, atHead, beside };
}

/**
 * Folds the user of the event again, up to the event, in memory and without a transaction, and writes the rows
 * that differ in short ones. Only the last of them moves the checkpoint: a process that continues after a kill does
 * all of it again. Returns how many events the checkpoint has moved: none if others were faster.
 */
async function foldUserAgain(
  parts: CatchUpParts,
  projection: Projection,
  { event, after }: { event: StoredEvent; after: number },
): Promise<number> {
  const { userId, position: upTo } = event;
  const erasedAt = await erasureOf(parts.reader, userId);
  const steps = await foldBeside({ ...parts, projections: [projection] }, event);
  if (steps.length > 1) parts.onSteps?.(projection);
  for (const [i, different] of steps.entries()) {
    const isWritten = await parts.log.transaction((transaction) =>
      inBatch(transaction, (rows) => {
        const isErasedSince = rows.get(erasuresTable, userId)?.position !== erasedAt;
        if (isErasedSince || !isAt(projection, after, rows)) return false;
        putDifferent(different, rows);
        if (i === steps.length - 1) moveCheckpoint(projection, { after, upTo }, rows);
        return true;
      }),
    );
    if (!isWritten) return 0;
  }
  return 1;
}

/** What was folded before an erasure must not come back after it. */
async function erasureOf(reader: CatchUpParts['reader'], userId: string): Promise<number | undefined> {
  const query = { filters: [['userId', '=', userId]] as const, order: ['userId'], limit: 1 };
  const [erasure] = await reader.rows<ErasureRow>(erasuresTable, query);
  return erasure?.position;
}

function isAt({ name, version }: Projection, position: number, rows: RowsView): boolean {
  const checkpoint = rows.get(checkpointsTable, name);
  return checkpoint?.version === version && checkpoint.position === position;
}

function moveCheckpoint(
  { name, version }: Projection,
  { after, upTo }: { after: number; upTo: number },
  rows: Rows,
): void {
  rows.put(checkpointsTable, { projection: name, version, position: upTo });
  const failure = rows.get(failuresTable, name);
  // The projection is past the event at which it had stopped.
  if (failure && failure.position > after && failure.position <= upTo) rows.remove(failuresTable, name);
}
