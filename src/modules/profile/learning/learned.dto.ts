import { IsId } from '../../../validation/fields.js';

/** Path parameters of a route for one learned preference. */
export class LearnedPath {
  @IsId()
  userId: string;

  @IsId()
  eventId: string;
}

/** What one message taught about a user. */
export class LearnedAnswer {
  /** Id of the event `preference.learned`: undo it with DELETE. */
  eventId: string;
  /** Position of that event. */
  position: number;
  /** Name of the rule that matched. */
  rule: string;
  /** The changed field of the profile. */
  field: string | null;
  /** The field before and after. */
  from: unknown;
  to: unknown;
  /** The entry that a list got. */
  value: string | null;
  /** The turn whose message taught it. */
  turnId: string;
  occurredAt: string;
  undone: boolean;
}

/** A page of what was learned, newest first. */
export class LearnedPageAnswer {
  items: LearnedAnswer[];
  nextCursor: string | null;
}

/** The answer to an undone preference. */
export class UnlearnedAnswer {
  learnedPosition: number;
  /** Position and version of the profile's last event. */
  position: number;
  version: number;
}
