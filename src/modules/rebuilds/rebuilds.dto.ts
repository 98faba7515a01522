import { Matches } from 'class-validator';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { IsId, IsListOf, Optional } from '../../validation/fields.js';
import { RowDifferenceAnswer } from '../row-differences.js';

const EVENT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PROJECTION_NAMES = PROJECTIONS.map(({ name }) => name);

/** What to rebuild. */
export class RebuildBody {
  /**
   * Names of the projections to rebuild. When left out: all, or with `skip` those that stopped at the event.
   */
  @Optional()
  @IsListOf(PROJECTION_NAMES)
  projections?: string[];

  /** Id of an event at which projections have stopped. They skip it from now on, permanently. */
  @Optional()
  @Matches(EVENT_ID)
  skip?: string;
}

/** Path parameters of a route for one rebuild. */
export class RebuildPath {
  @IsId()
  rebuildId: string;
}

/** The answer to a started rebuild. */
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

/** A poison event: one that a projection's folds cannot process. */
export class PoisonAnswer {
  projection: string;
  position: number;
  eventId: string;
  cause: string;
}

/** A rebuild: its progress or its outcome. */
export class RebuildAnswer {
  rebuildId: string;
  /** One of running, swapped, failed, cancelled. */
  state: string;
  done: number;
  total: number;
  eventsPerSecond: number;
  /** Estimated seconds left; null while there is no estimate. */
  etaSeconds: number | null;
  /** Position up to which the new tables were folded when they went live. */
  position: number | null;
  swapped: string[];
  /** Projections that were not swapped; their live tables stay as they were. */
  failed: PoisonAnswer[];
  differences: ProjectionDifferences[];
  /** Why the rebuild as a whole failed. */
  error: string | null;
  /** Code of that error, for programs. */
  errorCode: string | null;
}
