import { ArrayMaxSize, IsArray, IsNumber, Length, Max, Min } from 'class-validator';
import {
  IsId,
  IsInstant,
  IsLabel,
  LABEL_NOTE,
  Nullable,
  Optional,
  TRIGGERS_NOTE,
  Describe,
} from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** An observed emotion. */
export class ObserveEmotionBody {
  @Describe(LABEL_NOTE)
  @IsLabel(64)
  emotion: string;

  @Describe('0..1')
  @IsNumber()
  @Min(0)
  @Max(1)
  intensity: number;

  @Describe('0..1')
  @Nullable()
  @IsNumber()
  @Min(0)
  @Max(1)
  confidence?: number | null;

  @Describe(TRIGGERS_NOTE)
  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @Length(1, 128, { each: true })
  triggers?: string[];

  @Nullable()
  @IsId()
  sessionId?: string | null;

  @Describe(
    'When the emotion was felt; the present when left out. Years 1900 to 2999; kept to the millisecond.',
  )
  @Optional()
  @IsInstant()
  occurredAt?: string;
}

/** Records an emotion that a user showed. */
export class ObserveEmotion extends StoreCommand<ObserveEmotionBody> {}
