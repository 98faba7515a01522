import { IsTimeBound } from '../../validation/fields.js';

/** A time whose position is wanted. */
export class PositionQuery {
  /** An RFC 3339 time, not in the future. */
  @IsTimeBound()
  at: string;
}

/** The position that a time names. */
export class PositionAnswer {
  /** Position of the last event recorded at or before the time; 0 if there is none. */
  position: number;
  /** When that event was recorded; null if there is none. */
  recordedAt: string | null;
}
