import { ArrayMaxSize, IsArray, IsBoolean, IsInt, IsNumber, Length, Max, Min } from 'class-validator';
import { Describe, IsLabel, IsSmallJson, Nullable } from '../../validation/fields.js';

/** The levels of a profile. */
export class OriginalLevels {
  @Nullable()
  @IsInt()
  @Min(0)
  @Max(100)
  empathy_level?: number | null;

  @Nullable()
  @IsInt()
  @Min(0)
  @Max(100)
  humor_level?: number | null;

  @Nullable()
  @IsInt()
  @Min(0)
  @Max(100)
  formality_level?: number | null;

  @Nullable()
  @IsInt()
  @Min(0)
  @Max(100)
  verbosity_level?: number | null;

  @Nullable()
  @IsInt()
  @Min(0)
  @Max(100)
  proactiveness_level?: number | null;
}

/** Any fields of a profile that may be changed. What is null stays as it is, except the name. */
export class OriginalProfileFields extends OriginalLevels {
  @Nullable()
  @IsLabel(255)
  name?: string | null;

  @Nullable()
  @IsLabel(50)
  gender?: string | null;

  @Nullable()
  @IsLabel(50)
  preferred_tone?: string | null;

  @Nullable()
  @IsLabel(50)
  response_style?: string | null;

  @Nullable()
  @IsBoolean()
  emoji_usage?: boolean | null;

  @Nullable()
  @IsBoolean()
  voice_enabled?: boolean | null;

  @Nullable()
  @IsNumber()
  @Min(0.5)
  @Max(2)
  voice_speed?: number | null;

  @Nullable()
  @IsNumber()
  @Min(0)
  @Max(2)
  voice_pitch?: number | null;

  @Nullable()
  @IsBoolean()
  auto_speak_responses?: boolean | null;

  @Nullable()
  @IsArray()
  @ArrayMaxSize(200)
  @Length(1, 200, { each: true })
  interests?: string[] | null;

  @Nullable()
  @IsArray()
  @ArrayMaxSize(200)
  @Length(1, 200, { each: true })
  dislikes?: string[] | null;

  @Describe('Replaces the present ones.')
  @Nullable()
  @IsSmallJson(16_384)
  communication_patterns?: Record<string, unknown> | null;
}

/** A change of a profile: its fields flat, or nested as the original's web page sends them. */
export class OriginalProfileBody extends OriginalProfileFields {
  @Describe('Any of the flat fields, such as the levels.')
  @Nullable()
  @IsSmallJson(16_384)
  personality?: Record<string, unknown> | null;

  @Describe('Becomes communication_patterns.')
  @Nullable()
  @IsSmallJson(16_384)
  preferences?: Record<string, unknown> | null;
}

/** A profile, as the original answers it. */
export class OriginalProfile {
  user_id: string;
  name: string | null;
  gender: string;
  empathy_level: number;
  humor_level: number;
  formality_level: number;
  verbosity_level: number;
  proactiveness_level: number;
  preferred_tone: string;
  response_style: string;
  emoji_usage: boolean;
  voice_enabled: boolean;
  voice_speed: number;
  voice_pitch: number;
  auto_speak_responses: boolean;
  interests: string[];
  dislikes: string[];
  communication_patterns: Record<string, unknown>;
  total_conversations: number;
  total_messages: number;
  /** Minutes. */
  avg_session_length: number;
  /** Of an unknown user, the present. */
  created_at: string;
  updated_at: string;
}

/** The levels and counters of a profile in the statistics. */
export class OriginalStatsProfile {
  name: string | null;
  total_conversations: number;
  total_messages: number;
  /** The levels `empathy`, `humor`, `formality` and `verbosity`. */
  preferences: Record<string, number>;
}

/** The memories in the statistics. */
export class OriginalStatsMemory {
  total_memories: number;
  /** A count for every type. */
  by_type: Record<string, number>;
  /** Memories of the last 7 days. */
  recent_count: number;
}

/** The emotions in the statistics. */
export class OriginalStatsEmotions {
  patterns_tracked: number;
  most_common: string | null;
  total_occurrences: number;
}

/** The conversation in the statistics. */
export class OriginalStatsConversation {
  current_session: string | null;
  message_count: number;
  /** The last 5. */
  topics: string[];
  current_emotion: string | null;
}

/** Statistics of a user, as the original answers them, with what its web page reads beside. */
export class OriginalStats {
  user_id: string;
  profile: OriginalStatsProfile;
  memory: OriginalStatsMemory;
  emotions: OriginalStatsEmotions;
  conversation: OriginalStatsConversation;
  /** Minutes. */
  average_session_length: number;
  streak_days: number;
}

/** The current conversation of a user. */
export class OriginalContext {
  user_id: string;
  session_id: string;
  /** Pairs of messages in the window: at most 10. */
  message_count: number;
  topics: string[];
  current_emotion: string | null;
  emotion_trajectory: string[];
  last_activity: string;
}

/** A sentence, such as that there is no conversation. */
export class OriginalMessage {
  message: string;
}
