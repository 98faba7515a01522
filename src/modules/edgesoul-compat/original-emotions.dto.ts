import { IsInt, Max, Min } from 'class-validator';
import { Optional } from '../../validation/fields.js';

/** The time that a summary covers. */
export class OriginalSummaryQuery {
  /** Only emotions of the last so many days; 7 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(90)
  days?: number;
}

/** What a user felt in the last days. */
export class OriginalSummary {
  user_id: string;
  /** Such as `7 days`. */
  time_period: string;
  dominant_emotion: string;
  /** Percent by emotion. */
  emotion_distribution: Record<string, number>;
  mood_trend: 'improving' | 'declining' | 'stable';
  notable_patterns: string[];
  generated_at: string;
}

/** What is known of an emotion. */
export class OriginalPattern {
  frequency: number;
  /** 0..1 */
  avg_intensity: number;
  /** At most 10, the most frequent first. */
  triggers: string[];
  last_occurrence: string;
  /** Counts by hour of the user's day, such as `19:00`; hours without any are left out. */
  time_patterns: Record<string, number>;
  trend: 'increasing' | 'decreasing' | 'stable';
}

/** The emotions of a user. */
export class OriginalPatterns {
  user_id: string;
  /** An OriginalPattern by emotion. */
  patterns: Record<string, OriginalPattern>;
}
