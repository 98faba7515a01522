/** An event that a command wrote. */
export class WrittenEventAnswer {
  position: number;
  type: string;
  streamId: string;
  version: number;
}

/** The answer to a recorded turn. */
export class TurnRecordedAnswer {
  turnId: string;
  sessionId: string;
  position: number;
  events: WrittenEventAnswer[];
}

/** The answer to an ended session. */
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

/** A turn in the conversation window. */
export class TurnAnswer {
  turnId: string;
  userMessage: string;
  assistantMessage: string;
  emotion: TurnEmotionAnswer | null;
  occurredAt: string;
}

/** One step of the emotion trajectory. */
export class TrajectoryAnswer {
  emotion: string;
  /** Null where it is not known: the emotion was taken over from another program. */
  intensity: number | null;
  /** Of an emotion that was taken over, the last activity of its session then. */
  occurredAt: string;
}

/**
 * The conversation window of a session: what a reply needs. Lists start with the oldest occurrence. A session
 * that has emotions but no turn yet has a window without turns; its times are that of the emotion that was
 * recorded first.
 */
export class ConversationAnswer {
  userId: string;
  sessionId: string;
  /** The last 10 turns. */
  turns: TurnAnswer[];
  /** The last 15 topics. */
  topics: string[];
  /** The last 20 emotions. */
  emotionTrajectory: TrajectoryAnswer[];
  currentEmotion: string | null;
  /** Of two times, `occurredAt` and `recordedAt`, the earlier one counts here and in all orders. */
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

/** A page of sessions, the one whose first recorded turn happened last first. Late turns do not move it. */
export class SessionPageAnswer {
  items: SessionAnswer[];
  nextCursor: string | null;
}
