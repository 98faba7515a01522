import type { Type } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, getSchemaPath, type ApiPropertyOptions } from '@nestjs/swagger';
import { BucketAnswer, ReportAnswer } from '../reports-answer.dto.js';

/**
 * The mood of one group in a bucket. Values are V(emotion) x intensity, -1..1; with center=user distances,
 * -2..2.
 */
export class MoodItem extends BucketAnswer {
  /** Side of the pivot: `before` or `after`. */
  pivot?: string;
  emotion?: string;
  userId?: string;
  trigger?: string;
  /** Hour of the local day, 0..23. */
  hourOfDay?: number;
  /** 1 is Monday, 7 Sunday. */
  weekday?: number;
  /** Observations of emotions with a valence. */
  n?: number;
  /** Users with such an observation. */
  users?: number;
  mean?: number | null;
  /** Sample standard deviation. */
  sd?: number | null;
  min?: number | null;
  max?: number | null;
  /** Neighbours in time within a session or, without one, a local day. */
  pairs?: number;
  /** Root of the mean squared successive difference. */
  rmssd?: number | null;
  /** Lag-1 autocorrelation; null for fewer than 10 pairs. */
  inertia?: number | null;
  /** Share of acute changes. */
  pac?: number | null;
  /** Share of values above 0. */
  positiveShare?: number | null;
  /** Observations of emotions without a valence. */
  unmapped?: number;
  /** With `window`. */
  movingAverage?: number | null;
  /** Why measures are null. */
  reasons: string | null;
}

/** The mood of a session. */
export class SessionMoodItem {
  sessionId: string;
  userId: string;
  /** Side of the pivot on which it starts: `before` or `after`. */
  pivot?: string;
  /** When its first observation occurred. */
  startedAt: string;
  n: number;
  /** Mean of the first 2 or 3 observations, -1..1. */
  start?: number | null;
  /** Mean of the last 2 or 3 observations, -1..1. */
  end?: number | null;
  change?: number | null;
  unmapped: number;
  /** Why the change is null. */
  reasons: string | null;
}

/** A mean of paired changes, with its 95 % confidence interval. */
export class MeanChangeAnswer {
  n: number;
  mean: number | null;
  low: number | null;
  high: number | null;
  /** Cohen's d of paired values. */
  dz: number | null;
}

/** One side of a pivot. */
export class PivotSideAnswer {
  n: number;
  users: number;
  mean: number | null;
  sd: number | null;
}

/** Before and after a date. */
export class PivotAnswer {
  before: PivotSideAnswer;
  after: PivotSideAnswer;
  /** Of the means of users who were observed on both sides. */
  change: MeanChangeAnswer;
}

/** An emotion without a valence. */
export class UnmappedEmotion {
  emotion: string;
  count: number;
}

/** The trend of one group. */
export class GroupTrendAnswer {
  pivot?: string;
  emotion?: string;
  userId?: string;
  trigger?: string;
  hourOfDay?: number;
  weekday?: number;
  slopePerDay: number | null;
  low: number | null;
  high: number | null;
  n: number;
}

/** The rhythm of the day (cosinor); only n and the reason if there is none. */
export class RhythmAnswer {
  /** Hours with a mean. */
  n: number;
  mesor?: number;
  amplitude?: number;
  /** Hour of the highest value, in [0, 24). */
  peakHour?: number;
  f?: number | null;
  p?: number | null;
  reason?: string;
}

/** How often one emotion follows another within a session. */
export class TransitionAnswer {
  from: string;
  to: string;
  count: number;
  probability: number;
  /** D'Mello's L; 0 for chance. */
  likelihood: number | null;
}

/** What follows what. */
export class TransitionsAnswer {
  n: number;
  items: TransitionAnswer[] | null;
  reason?: string;
}

/** Why a number of a summary is null. */
export class MoodReasonsAnswer {
  slopePerDay?: string;
  changePoints?: string;
}

/** How the mood of all observations moves, whatever their groups. */
export class MoodSummary {
  slopePerDay: number | null;
  /** 95 % confidence interval of the slope. */
  low: number | null;
  high: number | null;
  /** Buckets with a mean. */
  n: number;
  /** Starts of the buckets with which another mean begins. */
  changePoints: string[] | null;
  unmapped: number;
  /** The 20 most frequent ones. */
  unmappedEmotions: UnmappedEmotion[];
  /** The trend of each group; null for more than 1000 groups. */
  groups?: GroupTrendAnswer[] | null;
  /** With groupBy=hourOfDay. */
  rhythm?: RhythmAnswer;
  /** With groupBy=emotion. */
  transitions?: TransitionsAnswer;
  pivot?: PivotAnswer;
  reasons?: MoodReasonsAnswer;
}

/** How the mood changes within sessions, over all that have a change. */
export class SessionMoodSummary extends MeanChangeAnswer {
  unmapped: number;
  /** The 20 most frequent ones. */
  unmappedEmotions: UnmappedEmotion[];
  pivot?: PivotAnswer;
}

/** One of several shapes. */
const oneOf = (...shapes: Type[]): { oneOf: { $ref: string }[] } => ({
  oneOf: shapes.map((shape) => ({ $ref: getSchemaPath(shape) })),
});
const ITEMS: ApiPropertyOptions = { type: 'array', items: oneOf(MoodItem, SessionMoodItem) };
const SUMMARY: ApiPropertyOptions = {
  type: 'object',
  ...oneOf(MoodSummary, SessionMoodSummary),
} as ApiPropertyOptions;

/** The range that a report is compared with. */
@ApiExtraModels(MoodItem, SessionMoodItem, MoodSummary, SessionMoodSummary)
export class MoodComparison {
  query: Record<string, unknown>;
  @ApiProperty(ITEMS)
  items: MoodItem[] | SessionMoodItem[];
  @ApiProperty(SUMMARY)
  summary: MoodSummary | SessionMoodSummary;
}

/**
 * The report on mood; items by time, then by group. With groupBy=session they are sessions, by their start.
 */
@ApiExtraModels(MoodItem, SessionMoodItem, MoodSummary, SessionMoodSummary)
export class MoodReportAnswer extends ReportAnswer {
  @ApiProperty(ITEMS)
  items: MoodItem[] | SessionMoodItem[];
  @ApiProperty(SUMMARY)
  summary: MoodSummary | SessionMoodSummary;
  comparison?: MoodComparison;
}
