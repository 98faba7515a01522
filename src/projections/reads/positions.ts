import type { CheckpointRow } from '../../events/log/log-tables.js';
import { statusOf, type ProjectionStatus } from '../folding/checkpoints.js';
import { PROJECTIONS } from '../projection-catalog.js';

/** How far a projection has folded. */
export interface ProjectionPosition {
  name: string;
  /** Version that folded its rows; 0 if there is no checkpoint. */
  version: number;
  /** Position of the last event folded; 0 if there is no checkpoint. */
  position: number;
  status: ProjectionStatus;
}

/** The head of the log and how far each projection has folded, read in one snapshot. */
export interface Positions {
  /** Position of the last event; 0 if the log is empty. */
  head: number;
  projections: ProjectionPosition[];
}

/** Returns the positions of the declared projections; checkpoints of any other projection are ignored. */
export function positionsOf(head: number, checkpoints: readonly CheckpointRow[]): Positions {
  const projections = PROJECTIONS.map((declared) => {
    const checkpoint = checkpoints.find(({ projection }) => projection === declared.name);
    const { version, position } = checkpoint ?? NO_CHECKPOINT;
    return { name: declared.name, version, position, status: statusOf(declared, checkpoint, head) };
  });
  return { head, projections };
}

const NO_CHECKPOINT = { version: 0, position: 0 };
