import { IsId, Optional } from '../../../validation/fields.js';
import { UserListQuery } from '../../list-query.dto.js';
import { TurnEmotionAnswer, TurnRecordedAnswer } from '../conversation.dto.js';

/** Path parameters of a route for one turn. */
export class TurnPath {
  @IsId()
  userId: string;

  @IsId()
  turnId: string;
}

/** Page of the list of turns. */
export class ListTurnsQuery extends UserListQuery {
  /** Only turns of this session. */
  @Optional()
  @IsId()
  sessionId?: string;
}

/** A turn as it was recorded. */
export class RecordedTurnAnswer {
  turnId: string;
  sessionId: string;
  userMessage: string;
  assistantMessage: string;
  topics: string[];
  emotion: TurnEmotionAnswer | null;
  occurredAt: string;
  recordedAt: string;
  /** The event `turn.recorded`: its id, its position in the log and its version in the session's stream. */
  eventId: string;
  position: number;
  version: number;
  /** The event whose place this one took, if the turn was edited or its emotion corrected. */
  replaces: string | null;
}

/** What came from a turn, and is still there. */
export class CausedAnswer {
  /** Ids of the events `emotion.observed`. */
  observations: string[];
  /** Ids of the events `preference.learned`, those that were undone among them. */
  preferences: string[];
  /** Ids of the memories that were formed from it. */
  memories: string[];
}

/** A turn, and what came from it. */
export class TurnDetailAnswer extends RecordedTurnAnswer {
  caused: CausedAnswer;
}

/** The answer to an edited turn. */
export class TurnEditedAnswer extends TurnRecordedAnswer {
  /** Id and version of the new event `turn.recorded`, and the id of the one whose place it takes. */
  eventId: string;
  version: number;
  replaces: string;
  /** The retraction in the same append. */
  retractionId: string;
  /** Ids of the events that were taken back, by position: the turn as it was, and all that it caused. */
  retracted: string[];
  /** Ids of the memories among them: they were formed from what the turn was before. */
  memoriesRetracted: string[];
}

/** A page of turns, the one that was recorded last first. */
export class TurnPageAnswer {
  items: RecordedTurnAnswer[];
  nextCursor: string | null;
}
