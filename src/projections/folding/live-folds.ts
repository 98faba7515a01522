import type { Rows, RowsView } from '../../database/row-store.js';
import type { Table } from '../../database/table.js';
import { PoisonEvent, Unavailable } from '../../errors.js';
import type { StoreEvent } from '../../events/event-catalog.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import type { LogHead, LogTransaction } from '../../events/log/event-log.js';
import type { Projection } from '../projection.js';
import { catchUpInline } from './catch-up-inline.js';
import { statusIn } from './checkpoints.js';
import type { BatchFolds, EventFolds } from './event-folds.js';
import { ProjectionFolds } from './projection-folds.js';
import { putRefolded, type Refolded } from './refolded-rows.js';

/**
 * Folds each event into every live projection: one that its declared version has folded up to the head. A
 * projection that is not live is being rebuilt or has stopped at a poison event; it is left alone.
 */
export class LiveFolds implements EventFolds {
  private readonly allLive: BatchFolds;
  private readonly decoder = new EventDecoder();

  constructor(private readonly projections: readonly Projection[]) {
    this.allLive = new LiveBatchFolds(projections, []);
  }

  forBatch({ position }: LogHead, rows: Rows): BatchFolds {
    const statuses = new Map(this.projections.map((each) => [each, statusIn(each, position, rows)]));
    const live = this.projections.filter((each) => statuses.get(each) === 'live');
    if (live.length === this.projections.length) return this.allLive;
    const closed = this.projections.filter((each) => statuses.get(each) !== 'live');
    return new LiveBatchFolds(
      live,
      closed,
      closed.some((each) => statuses.get(each) === 'behind'),
    );
  }

  catchUpInline(transaction: LogTransaction): Promise<boolean> {
    return catchUpInline(transaction, this.decoder, this.projections);
  }
}

/** Folds a batch into the live projections; the tables of the closed ones cannot be read. */
class LiveBatchFolds implements BatchFolds {
  private readonly folds: ProjectionFolds;
  /** The names of the closed projections, by table name. */
  private readonly closed: ReadonlyMap<string, string>;

  constructor(
    private readonly live: readonly Projection[],
    closed: readonly Projection[],
    readonly isBehind = false,
  ) {
    this.folds = new ProjectionFolds(live, { leavesErased: true });
    this.closed = new Map(
      closed.flatMap(({ name, tables }) => tables.map((table) => [table.name, name] as const)),
    );
  }

  fold(event: StoreEvent, rows: Rows): void {
    try {
      this.folds.fold(event, rows);
    } catch (error) {
      if (!(error instanceof PoisonEvent)) throw error;
      const { code, message, cause } = error;
      throw new PoisonEvent(code, `${message} Nothing was written.`, { cause });
    }
  }

  replace(refolded: Refolded, rows: Rows): void {
    putRefolded(refolded, this.live, rows);
  }

  checkpoint(position: number, rows: Rows): void {
    this.folds.checkpoint(position, rows);
  }

  visibleRows(rows: RowsView): RowsView {
    if (this.closed.size === 0) return rows;
    return {
      get: <Row extends object>(table: Table<Row>, ...key: (string | number)[]) => {
        const projection = this.closed.get(table.name);
        if (projection !== undefined) throw Unavailable.projection(projection);
        return rows.get(table, ...key);
      },
    };
  }
}
