import { ArrayNotEmpty, IsArray, IsIn } from 'class-validator';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { IsId, Optional } from '../../validation/fields.js';
import { RowDifferenceAnswer } from '../row-differences.js';

const PROJECTION_NAMES = PROJECTIONS.map(({ name }) => name);

/** What shall be rebuilt. */
export class RebuildBody {
  /** Every projection when left out. */
  @Optional()
  @IsArray()
  @ArrayNotEmpty()
  @IsIn(PROJECTION_NAMES, { each: true })
  projections?: string[];

  /** The id of an event at which projections have stopped: they leave it out from now on, for ever. */
  @Optional()
  @IsId()
  skip?: string;
}

/** Routes of one rebuild. */
export class RebuildPath {
  @IsId()
  rebuildId: string;
}

/** A rebuild was begun. */
export class RebuildStarted {
  rebuildId: string;
}

/** How the live rows of a projection differed from the new ones. */
export class ProjectionDifferences {
  name: string;
  rows: number;
  differences: number;
  firstDifferences: RowDifferenceAnswer[];
}

/** An event that a projection's folds could not take. */
export class PoisonAnswer {
  projection: string;
  position: number;
  eventId: string;
  cause: string;
}

/** How far a rebuild is, or how it ended. */
export class RebuildAnswer {
  rebuildId: string;
  /** One of running, swapped, failed, cancelled. */
  state: string;
  done: number;
  total: number;
  eventsPerSecond: number;
  /** Null while nobody can tell. */
  etaSeconds: number | null;
  /** Position up to which the new tables were folded when they became live. */
  position: number | null;
  swapped: string[];
  /** The projections that were not swapped: their tables are as they were. */
  failed: PoisonAnswer[];
  differences: ProjectionDifferences[];
  /** Why it failed as a whole. */
  error: string | null;
}
