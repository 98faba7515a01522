import type { Rows } from '../../database/row-store.js';
import { PoisonEvent } from '../../errors.js';
import type { StoreEvent } from '../../events/event-catalog.js';
import { checkpointsTable } from '../../events/log/log-tables.js';
import type { Projection } from '../projection.js';
import { skipId } from './checkpoints.js';

interface NamedFold {
  projection: string;
  fold: (event: StoreEvent, rows: Rows) => void;
}

/** Folds events into the rows of the given projections, except events that a projection skips. */
export class ProjectionFolds {
  private readonly byType = new Map<string, NamedFold[]>();

  constructor(
    private readonly projections: readonly Projection[],
    private readonly skips: ReadonlySet<string> = NO_SKIPS,
  ) {
    for (const { name, folds } of projections) {
      for (const [type, fold] of Object.entries(folds)) {
        const named = { projection: name, fold: fold as NamedFold['fold'] };
        this.byType.set(type, [...(this.byType.get(type) ?? []), named]);
      }
    }
  }

  fold(event: StoreEvent, rows: Rows): void {
    for (const { projection, fold } of this.byType.get(event.type) ?? []) {
      if (this.skips.size > 0 && this.skips.has(skipId(projection, event.position))) continue;
      try {
        fold(event, rows);
      } catch (cause) {
        throw PoisonEvent.folding(projection, event, cause);
      }
    }
  }

  checkpoint(position: number, rows: Rows): void {
    for (const { name, version } of this.projections) {
      rows.put(checkpointsTable, { projection: name, version, position });
    }
  }
}

const NO_SKIPS: ReadonlySet<string> = new Set();
