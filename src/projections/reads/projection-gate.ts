import type { Table } from '../../database/table.js';
import { Unavailable } from '../../errors.js';
import type { OpenedProjections } from '../folding/open-projections.js';
import type { Projection } from '../projection.js';

/** Why a projection's rows cannot be read; `outdated`: a newer release folded them, this process cannot. */
export type ClosedReason = 'rebuilding' | 'outdated' | 'failed';

/** Keeps readers from rows that do not match the log and the declared folds. */
export class ProjectionGate {
  private readonly why = new Map<string, ClosedReason>();
  private readonly projectionOf = new Map<string, string>();

  /** Closes the projection: reading its rows throws from now on. */
  close({ name, tables }: Projection, why: ClosedReason): void {
    this.why.set(name, why);
    for (const table of tables) this.projectionOf.set(table.name, name);
  }

  /** Makes the projection's rows readable again. */
  open(name: string): void {
    this.why.delete(name);
  }

  /** Returns why the projection's rows cannot be read; undefined if they can. */
  whyClosed(name: string): ClosedReason | undefined {
    return this.why.get(name);
  }

  /** Throws Unavailable if the table belongs to a closed projection. */
  check(table: Table): void {
    if (this.why.size === 0) return;
    const projection = this.projectionOf.get(table.name);
    if (projection !== undefined && this.why.has(projection)) throw Unavailable.projection(projection);
  }
}

/** Closes the projections that were not usable when the store was opened. */
export function closeGate(gate: ProjectionGate, { stale, outdated, failed }: OpenedProjections): void {
  for (const projection of stale) gate.close(projection, 'rebuilding');
  for (const projection of outdated) gate.close(projection, 'outdated');
  for (const projection of failed) gate.close(projection, 'failed');
}
