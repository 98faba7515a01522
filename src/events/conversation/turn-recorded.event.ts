import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsNumber, Length, Max, Min, ValidateNested } from 'class-validator';
import { IsMessage, IsStoredId, IsText, Nullable, Optional } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** The emotion shown in a turn. Intensity and confidence are 0..1. */
export class TurnEmotion {
  // Twice the limit of a command: a label can grow when it is lower-cased.
  @IsText(1, 128)
  label: string;

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
}

/** The user's message and the assistant's reply; one of the two may be empty. */
export class TurnRecorded {
  @IsStoredId()
  turnId: string;

  @IsStoredId()
  sessionId: string;

  @IsMessage()
  userMessage: string;

  @IsMessage()
  assistantMessage: string;

  @IsArray()
  @ArrayMaxSize(50)
  @Length(1, 128, { each: true })
  topics: string[];

  @Nullable()
  @ValidateNested()
  @Type(() => TurnEmotion)
  emotion: TurnEmotion | null;

  /** The event that this one takes the place of: the turn was corrected. */
  @Optional()
  @IsStoredId()
  replaces?: string;
}

/** One exchange of a conversation. */
export const turnRecorded = defineEvent({
  type: 'turn.recorded',
  version: 1,
  payload: TurnRecorded,
  upcasters: [],
});
