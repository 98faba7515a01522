import type { Rows, RowsView } from '../../database/row-store.js';
import type { Table } from '../../database/table.js';
import { Unavailable } from '../../errors.js';
import type { StoreEvent } from '../../events/event-catalog.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import type { LogHead, LogTransaction } from '../../events/log/event-log.js';
import { checkpointsTable } from '../../events/log/log-tables.js';
import type { Projection } from '../projection.js';
import { bringForward } from './bring-forward.js';
import { standingOf, type Standing } from './checkpoints.js';
import type { BatchFolds, EventFolds } from './event-folds.js';
import { ProjectionFolds } from './projection-folds.js';

/**
 * Folds each event into every projection that is live: folded up to the head by the present version of its folds.
 * Another one is being rebuilt, or has stopped at a poison event, and is left alone.
 */
export class LiveFolds implements EventFolds {
  private readonly all: BatchFolds;
  private readonly decoder = new EventDecoder();

  constructor(private readonly projections: readonly Projection[]) {
    this.all = new SomeFolds(projections, []);
  }

  from(head: LogHead, rows: Rows): BatchFolds {
    const standings = new Map(this.projections.map((each) => [each, standingIn(each, head, rows)]));
    const live = this.projections.filter((each) => standings.get(each) === 'live');
    if (live.length === this.projections.length) return this.all;
    const closed = this.projections.filter((each) => standings.get(each) !== 'live');
    return new SomeFolds(
      live,
      closed,
      closed.some((each) => standings.get(each) === 'behind'),
    );
  }

  bringForward(transaction: LogTransaction): Promise<boolean> {
    return bringForward(transaction, this.decoder, this.projections);
  }
}

/** Whether the rows of the projection are those of the log's end. */
export function isLive(projection: Projection, head: Pick<LogHead, 'position'>, rows: RowsView): boolean {
  return standingIn(projection, head, rows) === 'live';
}

function standingIn(
  projection: Projection,
  { position }: Pick<LogHead, 'position'>,
  rows: RowsView,
): Standing {
  return standingOf(projection, rows.get(checkpointsTable, projection.name), position);
}

class SomeFolds implements BatchFolds {
  private readonly live: ProjectionFolds;
  private readonly closed: ReadonlyMap<string, string>;

  constructor(
    live: readonly Projection[],
    closed: readonly Projection[],
    readonly isBehind = false,
  ) {
    this.live = new ProjectionFolds(live);
    this.closed = new Map(
      closed.flatMap(({ name, tables }) => tables.map((table) => [table.name, name] as const)),
    );
  }

  fold(event: StoreEvent, rows: Rows): void {
    this.live.fold(event, rows);
  }

  checkpoint(position: number, rows: Rows): void {
    this.live.checkpoint(position, rows);
  }

  visible(rows: RowsView): RowsView {
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
