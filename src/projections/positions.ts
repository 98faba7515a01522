import type { CheckpointRow } from '../events/log/log-tables.js';
import { PROJECTIONS } from './projection-catalog.js';

/** How far a projection has folded. */
export interface ProjectionPosition {
  name: string;
  /** Of the folds that made its rows; 0 when there are none. */
  version: number;
  /** Of the last event that it has folded; 0 when there is none. */
  position: number;
  /** Its folds are those of this release. */
  isCurrent: boolean;
}

/** Where the log ends and how far each projection has folded, all of one moment. */
export interface Positions {
  head: number;
  projections: ProjectionPosition[];
}

/** The positions of all declared projections, whatever other checkpoints there are. */
export function positionsOf(head: number, checkpoints: readonly CheckpointRow[]): Positions {
  const projections = PROJECTIONS.map(({ name, version: declared }) => {
    const { version, position } = checkpoints.find(({ projection }) => projection === name) ?? NOTHING_FOLDED;
    return { name, version, position, isCurrent: version === declared };
  });
  return { head, projections };
}

const NOTHING_FOLDED = { version: 0, position: 0 };
