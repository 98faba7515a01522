import { IsInt, Max, Min } from 'class-validator';
import { IsText, Optional } from '../validation/fields.js';

/** What every read of one user takes. */
export class UserReadQuery {
  /**
   * Answers as at this place in the log: a position, or the last event recorded at or before an RFC 3339
   * time. Not after the end of the log, and not in the future.
   */
  @Optional()
  @IsText(1, 64)
  asOf?: string;

  /**
   * Waits, for at most three seconds, until the answer includes the event at this position: read your own
   * write through any process.
   */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  minPosition?: number;
}
