import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  Length,
  Max,
  Min,
} from 'class-validator';
import { IsText } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** The directions that a trend may have. */
export const TREND_DIRECTIONS = ['increasing', 'decreasing', 'stable'] as const;

/** One of the directions of a trend. */
export type TrendDirection = (typeof TREND_DIRECTIONS)[number];

/**
 * All that another program knew of an emotion: sums over observations that are not known one by one. The
 * event occurred when the emotion was last felt. Intensities are 0..1.
 */
export class EmotionPatternImported {
  // Twice the limit of a command: a label can grow when it is lower-cased.
  @IsText(1, 128)
  emotion: string;

  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  frequency: number;

  @IsNumber()
  @Min(0)
  @Max(1)
  meanIntensity: number;

  /** Their counts are not known. */
  @IsArray()
  @ArrayMaxSize(50)
  @Length(1, 256, { each: true })
  triggers: string[];

  /** Observations by hour of the user's local day: 24 counts. */
  @IsArray()
  @ArrayMinSize(24)
  @ArrayMaxSize(24)
  @IsInt({ each: true })
  @Min(0, { each: true })
  hours: number[];

  @IsIn(TREND_DIRECTIONS)
  trend: TrendDirection;
}

/** What another program knew of an emotion was taken over; it replaces what was taken over before. */
export const emotionPatternImported = defineEvent({
  type: 'emotion.pattern-imported',
  version: 1,
  payload: EmotionPatternImported,
  upcasters: [],
});
