import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsNumber, Length, Max, Min, ValidateNested } from 'class-validator';
import { IsId, IsInstant, IsLabel, IsText, Nullable, Optional } from '../../validation/fields.js';

/** The emotion that a turn showed. */
export class TurnEmotionBody {
  /** Kept trimmed and in lower case. */
  @IsLabel(64)
  label: string;

  /** 0..1 */
  @IsNumber()
  @Min(0)
  @Max(1)
  intensity: number;

  /** 0..1 */
  @Nullable()
  @IsNumber()
  @Min(0)
  @Max(1)
  confidence?: number | null;

  /** What it was about; kept trimmed and in lower case, each once. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @Length(1, 128, { each: true })
  triggers?: string[];
}

/** One exchange: what the user said and what was answered. */
export class RecordTurnBody {
  @IsId()
  sessionId: string;

  @IsText(1, 16_000)
  userMessage: string;

  @IsText(0, 64_000)
  assistantMessage: string;

  @Nullable()
  @ValidateNested()
  @Type(() => TurnEmotionBody)
  emotion?: TurnEmotionBody | null;

  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @Length(1, 128, { each: true })
  topics?: string[];

  /** When it was said; now when left out. */
  @Optional()
  @IsInstant()
  occurredAt?: string;
}

/** Which session to end. */
export class EndSessionInput {
  @IsId()
  sessionId: string;
}

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
