import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsNumber,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { newId } from '../../../events/uuid.js';
import {
  IsId,
  IsInstant,
  IsLabel,
  IsMessage,
  LABEL_NOTE,
  Nullable,
  Optional,
  TRIGGERS_NOTE,
  Describe,
} from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** The emotion that a turn showed. */
export class TurnEmotionBody {
  @Describe(LABEL_NOTE)
  @IsLabel(64)
  label: string;

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
}

/** One exchange: the user's message and the reply. */
export class RecordTurnBody {
  @IsId()
  sessionId: string;

  @Describe('May be empty if assistantMessage is not: a greeting, or a second message of the companion.')
  @IsMessage()
  userMessage: string;

  @Describe('May be empty if userMessage is not. White space is text; both messages are stored as sent.')
  @IsMessage()
  assistantMessage: string;

  @Nullable()
  @ValidateNested()
  @Type(() => TurnEmotionBody)
  emotion?: TurnEmotionBody | null;

  @Describe(
    'Kept as they are spelled first; topics that differ only in case, white space or Unicode form count as one.',
  )
  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @Length(1, 128, { each: true })
  topics?: string[];

  @Describe(
    'Learns from userMessage: the preferences that it states change the profile (`preference.learned`), and topics ' +
      "and the emotion's triggers that are left out are the message's keywords (English).",
  )
  @Optional()
  @IsBoolean()
  learn?: boolean;

  @Describe(
    'When the exchange took place; the present when left out. Years 1900 to 2999; kept to the millisecond.',
  )
  @Optional()
  @IsInstant()
  occurredAt?: string;
}

/** Records one exchange of a conversation. */
export class RecordTurn extends StoreCommand<RecordTurnBody> {
  override generatedIds(): object {
    return { turnId: newId() };
  }
}
