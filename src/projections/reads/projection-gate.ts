import type { Table } from '../../database/table.js';
import { Unavailable } from '../../errors.js';
import type { OpenedProjections } from '../folding/open-projections.js';
import type { Projection } from '../projection.js';

/** Why the rows of a projection cannot be read now; `outdated`: by a newer release's folds, which this process has not. */
export type Closed = 'rebuilding' | 'outdated' | 'failed';

/** Keeps readers from rows that are not what the present folds make of the log. */
export class ProjectionGate {
  private readonly why = new Map<string, Closed>();
  private readonly projectionOf = new Map<string, string>();

  /** Lets nobody read the projection's rows. */
  close({ name, tables }: Projection, why: Closed): void {
    this.why.set(name, why);
    for (const table of tables) this.projectionOf.set(table.name, name);
  }

  open(name: string): void {
    this.why.delete(name);
  }

  /** Why the projection's rows cannot be read; undefined when they can. */
  closed(name: string): Closed | undefined {
    return this.why.get(name);
  }

  /** The projections whose rows cannot be read. */
  get allClosed(): string[] {
    return [...this.why.keys()];
  }

  /** Throws Unavailable when the table's rows cannot be read now. */
  check(table: Table): void {
    if (this.why.size === 0) return;
    const projection = this.projectionOf.get(table.name);
    if (projection !== undefined && this.why.has(projection)) throw Unavailable.projection(projection);
  }
}

/** Keeps readers from what was not found whole. */
export function closeGate(gate: ProjectionGate, { stale, outdated, failed }: OpenedProjections): void {
  for (const projection of stale) gate.close(projection, 'rebuilding');
  for (const projection of outdated) gate.close(projection, 'outdated');
  for (const projection of failed) gate.close(projection, 'failed');
}
