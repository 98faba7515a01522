import { Describe, IsId, IsLabel, IsTimeBound, Optional } from '../../../validation/fields.js';
import { UserListQuery } from '../../list-query.dto.js';

/** Path parameters of a route for one observation. */
export class ObservationPath {
  @IsId()
  userId: string;

  @Describe('Id of the event `emotion.observed`, or its position.')
  @IsId()
  eventId: string;
}

/** Page of the list of observations. */
export class ListObservationsQuery extends UserListQuery {
  /** Only observations of this emotion, in any spelling of its label. */
  @Optional()
  @IsLabel(64)
  emotion?: string;

  /** Only emotions that were felt at or after this time. */
  @Optional()
  @IsTimeBound()
  from?: string;

  /** Only emotions that were felt before this time. */
  @Optional()
  @IsTimeBound()
  to?: string;
}

/** One observed emotion. */
export class ObservationAnswer {
  /** Id of the event `emotion.observed`. */
  eventId: string;
  emotion: string;
  /** 0..1 */
  intensity: number;
  /** 0..1; null where unknown. */
  confidence: number | null;
  triggers: string[];
  /** The session and the turn in which it was shown; null outside of them. */
  sessionId: string | null;
  turnId: string | null;
  occurredAt: string;
  recordedAt: string;
  /** Position of the event in the log, and its version in the stream of the user's emotions. */
  position: number;
  version: number;
  /** The event whose place this one took, if the observation was corrected. */
  replaces: string | null;
}

/** The answer to a corrected observation. */
export class ObservationCorrectedAnswer {
  /** Id, position and version of the event that counts now. */
  eventId: string;
  position: number;
  version: number;
  /** The event whose place it took, and the retraction in the same append; null if nothing changed. */
  replaces: string | null;
  retractionId: string | null;
}

/** A page of observations, the emotion that was felt last first. */
export class ObservationPageAnswer {
  items: ObservationAnswer[];
  nextCursor: string | null;
}
