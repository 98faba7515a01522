import type { CheckpointRow } from '../../events/log/log-tables.js';
import { statusOf, type ProjectionStatus } from '../folding/checkpoints.js';
import { PROJECTIONS } from '../projection-catalog.js';

/** How far a projection has folded. */
export interface ProjectionPosition {
  name: string;
  /** Of the folds that made its rows; 0 when there are none. */
  version: number;
  /** Of the last event that it has folded; 0 when there is none. */
  position: number;
  status: ProjectionStatus;
}

/** Where the log ends and how far each projection has folded, all of one moment. */
export interface Positions {
  head: number;
  projections: ProjectionPosition[];
}

/** The positions of all declared projections, whatever other checkpoints there are. */
export function positionsOf(head: number, checkpoints: readonly CheckpointRow[]): Positions {
  const projections = PROJECTIONS.map((declared) => {
    const checkpoint = checkpoints.find(({ projection }) => projection === declared.name);
    const { version, position } = checkpoint ?? NOTHING_FOLDED;
    return { name: declared.name, version, position, status: statusOf(declared, checkpoint, head) };
  });
  return { head, projections };
}

const NOTHING_FOLDED = { version: 0, position: 0 };
