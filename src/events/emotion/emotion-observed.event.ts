import { ArrayMaxSize, IsArray, IsNumber, Length, Max, Min } from 'class-validator';
import { IsStoredId, IsText, Nullable, Optional } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** One observed emotion. Intensity and confidence are 0..1; null where unknown. */
export class EmotionObserved {
  // Twice the limit of a command: a label can grow when it is lower-cased.
  @IsText(1, 128)
  emotion: string;

  @IsNumber()
  @Min(0)
  @Max(1)
  intensity: number;

  @Nullable()
  @IsNumber()
  @Min(0)
  @Max(1)
  confidence: number | null;

  @IsArray()
  @ArrayMaxSize(20)
  @Length(1, 256, { each: true })
  triggers: string[];

  @Nullable()
  @IsStoredId()
  sessionId: string | null;

  @Nullable()
  @IsStoredId()
  turnId: string | null;

  /** The event that this one takes the place of: the observation was corrected. */
  @Optional()
  @IsStoredId()
  replaces?: string;
}

/** A user showed an emotion. */
export const emotionObserved = defineEvent({
  type: 'emotion.observed',
  version: 1,
  payload: EmotionObserved,
  upcasters: [],
});
