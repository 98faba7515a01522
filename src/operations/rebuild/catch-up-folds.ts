import { RowBatch } from '../../database/row-batch.js';
import type { RowChanges } from '../../database/row-store.js';
import { shadowOf } from '../../database/shadow.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import { untilLoaded, type LogTransaction } from '../../events/log/event-log.js';
import type { FoldedUsers } from '../../projections/folding/fold-store.js';
import { pageToFold } from '../../projections/folding/page-to-fold.js';
import { ProjectionFolds } from '../../projections/folding/projection-folds.js';
import type { Projection } from '../../projections/projection.js';

const EVENTS_PER_PAGE = 1_000;

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

  /** Folds the next events, at most `maxEvents`. Returns how many there were. */
  async fold(
    transaction: LogTransaction,
    projections: readonly Projection[],
    maxEvents: number,
  ): Promise<number> {
    let count = 0;
    while (count < maxEvents) {
      const limit = Math.min(EVENTS_PER_PAGE, maxEvents - count);
      const events = await transaction.read({ after: this.position, limit });
      if (events.length === 0) break;
      const missing = events.filter((event) => event.position > this.foldedUpTo(event.userId));
      const types = projections.flatMap(({ folds }) => Object.keys(folds));
      const page = await pageToFold(transaction, this.decoder, { stored: missing, types });
      const changes = await untilLoaded(transaction, () => {
        const rows = new RowBatch({
          load: (table, key, id) => transaction.rows.load(shadowOf(table), key, id),
          loadUser: (table, userId) => transaction.rows.loadUser(shadowOf(table), userId),
        });
        const folds = new ProjectionFolds(projections, { skips: this.skips });
        folds.foldPage(page, rows);
        return rows.changes();
      });
      await transaction.save(inShadows(changes));
      count += events.length;
      this.position = events.at(-1)?.position ?? this.position;
    }
    return count;
  }

  private foldedUpTo(userId: string): number {
    const id = Buffer.from(userId);
    const range = this.ranges.find(
      ({ upTo }) => upTo === undefined || Buffer.compare(id, Buffer.from(upTo)) <= 0,
    );
    return range?.head ?? 0;
  }
}

function inShadows(changes: RowChanges): RowChanges {
  return new Map([...changes].map(([table, changed]) => [shadowOf(table), changed]));
}
