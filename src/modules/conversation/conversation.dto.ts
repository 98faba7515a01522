import { IsInt, Max, Min } from 'class-validator';
import { IsText, Optional } from '../../validation/fields.js';

/** Which sessions to list. */
export class ListSessionsQuery {
  /** 20 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;

  /** `nextCursor` of the page before. */
  @Optional()
  @IsText(1, 500)
  cursor?: string;
}

/** An event that a command wrote. */
export class WrittenEventAnswer {
  position: number;
  type: string;
  streamId: string;
  version: number;
}

/** The answer of a turn. */
export class TurnRecordedAnswer {
  turnId: string;
  sessionId: string;
  position: number;
  events: WrittenEventAnswer[];
}

/** The answer of an ended session. */
export class SessionEndedAnswer {
  sessionId: string;
  position: number;
}

/** The emotion of a turn. */
export class TurnEmotionAnswer {
  label: string;
  intensity: number;
  confidence: number | null;
  triggers: string[];
}

/** A turn of the window. */
export class TurnAnswer {
  turnId: string;
  userMessage: string;
  assistantMessage: string;
  emotion: TurnEmotionAnswer | null;
  occurredAt: string;
}

/** One step of an emotional trajectory. */
export class TrajectoryAnswer {
  emotion: string;
  intensity: number;
  occurredAt: string;
}

/** What a reply needs of a session: oldest first, by the time it happened. */
export class ConversationAnswer {
  userId: string;
  sessionId: string;
  /** The last 10. */
  turns: TurnAnswer[];
  /** The last 15. */
  topics: string[];
  /** The last 20. */
  emotionTrajectory: TrajectoryAnswer[];
  currentEmotion: string | null;
  startedAt: string;
  lastActivityAt: string;
  ended: boolean;
  turnCount: number;
}

/** A session in a list. */
export class SessionAnswer {
  sessionId: string;
  turnCount: number;
  startedAt: string;
  lastActivityAt: string;
  ended: boolean;
}

/** A page of sessions, the one begun last first. */
export class SessionPageAnswer {
  items: SessionAnswer[];
  nextCursor: string | null;
}
