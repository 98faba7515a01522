import { RowBatch } from '../../database/row-batch.js';
import { shadowOf } from '../../database/shadow.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import {
  untilLoaded,
  type EventLog,
  type LogTransaction,
  type StoredEvent,
} from '../../events/log/event-log.js';
import { foldBeside, putDifferent } from '../../projections/folding/fold-beside.js';
import type { FoldedUsers } from '../../projections/folding/fold-store.js';
import { pageToFold } from '../../projections/folding/page-to-fold.js';
import { ProjectionFolds } from '../../projections/folding/projection-folds.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { Projection } from '../../projections/projection.js';

const EVENTS_PER_PAGE = 1_000;

/** What a transaction has folded. */
export interface FoldedNext {
  events: number;
  /** An event before which it stopped: its user has to be folded beside. */
  beside: StoredEvent | undefined;
}

/**
 * Folds into shadow tables what was appended while they were filled. Users were folded in different
 * snapshots, so an event counts only if it was appended after its user's snapshot.
 */
export class CatchUpFolds {
  /** Everything up to this position is in the shadow tables. */
  position = Infinity;
  private readonly ranges: Pick<FoldedUsers, 'upTo' | 'head'>[] = [];

  constructor(
    private readonly decoder: EventDecoder,
    private readonly skips: ReadonlySet<string>,
  ) {}

  /** Registers how far each range was folded: its snapshot's head. Ranges must come in user-id order. */
  addRanges(ranges: readonly Pick<FoldedUsers, 'upTo' | 'head'>[]): void {
    this.ranges.push(...ranges);
    this.position = Math.min(this.position, ...ranges.map(({ head }) => head));
  }

  /** Folds the next events, at most `maxEvents`. */
  async fold(
    transaction: LogTransaction,
    projections: readonly Projection[],
    maxEvents: number,
  ): Promise<FoldedNext> {
    let count = 0;
    while (count < maxEvents) {
      const limit = Math.min(EVENTS_PER_PAGE, maxEvents - count);
      const events = await transaction.read({ after: this.position, limit });
      if (events.length === 0) break;
      const missing = events.filter((event) => event.position > this.foldedUpTo(event.userId));
      const types = projections.flatMap(({ folds }) => Object.keys(folds));
      const page = await pageToFold(transaction, this.decoder, { stored: missing, types });
      const folds = new ProjectionFolds(projections, { skips: this.skips });
      await inShadows(transaction, (rows) => folds.foldPage(page, rows));
      const upTo = page.beside ? page.beside.position - 1 : (events.at(-1)?.position ?? this.position);
      count += events.filter(({ position }) => position <= upTo).length;
      this.position = upTo;
      if (page.beside) return { events: count, beside: page.beside };
    }
    return { events: count, beside: undefined };
  }

  /** Folds the user of the event again, up to the event, and writes the rows that differ in short transactions. */
  async foldBeside(
    { log, reader }: { log: EventLog; reader: StoreReader },
    projections: readonly Projection[],
    event: StoredEvent,
  ): Promise<void> {
    const { decoder, skips } = this;
    const steps = await foldBeside({ reader, decoder, skips, projections, tableOf: shadowOf }, event);
    for (const different of steps)
      await log.transaction((transaction) => inShadows(transaction, (rows) => putDifferent(different, rows)));
    this.position = event.position;
  }

  private foldedUpTo(userId: string): number {
    const id = Buffer.from(userId);
    const range = this.ranges.find(
      ({ upTo }) => upTo === undefined || Buffer.compare(id, Buffer.from(upTo)) <= 0,
    );
    return range?.head ?? 0;
  }
}

/** Runs the work on the rows of shadow tables, as `inBatch` does on those of live ones. */
async function inShadows(transaction: LogTransaction, work: (rows: RowBatch) => void): Promise<void> {
  const changes = await untilLoaded(transaction, () => {
    const rows = new RowBatch({
      load: (table, key, id) => transaction.rows.load(shadowOf(table), key, id),
      loadUser: (table, userId) => transaction.rows.loadUser(shadowOf(table), userId),
    });
    work(rows);
    return rows.changes();
  });
  await transaction.save(new Map([...changes].map(([table, changed]) => [shadowOf(table), changed])));
}
