import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, Length, ValidateNested } from 'class-validator';
import { MAX_REASON } from '../../../events/retraction/events-retracted.event.js';
import type { RetractionTask } from '../../../operations/retraction/planned-retraction.js';
import {
  Describe,
  IsId,
  IsInstant,
  IsMessage,
  IsText,
  Nullable,
  Optional,
} from '../../../validation/fields.js';
import type { ExpectedVersion } from '../../../writer/write-command.js';
import { RetractingCommand, type PlannedInput } from '../../retracting-command.js';
import { TurnEmotionBody } from './record-turn.command.js';

/** A turn as it is to be from now on. What is left out is not kept, but for the session and the time. */
export class EditTurnBody {
  @Describe('That of the turn when left out.')
  @Optional()
  @IsId()
  sessionId?: string;

  @Describe('May be empty if assistantMessage is not.')
  @IsMessage()
  userMessage: string;

  @Describe('May be empty if userMessage is not.')
  @IsMessage()
  assistantMessage: string;

  @Nullable()
  @ValidateNested()
  @Type(() => TurnEmotionBody)
  emotion?: TurnEmotionBody | null;

  @Describe('As for a new turn.')
  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @Length(1, 128, { each: true })
  topics?: string[];

  @Describe('As for a new turn: what the turn taught before is taken back in any case.')
  @Optional()
  @IsBoolean()
  learn?: boolean;

  @Describe('When the exchange took place; when left out, the turn keeps its time and its local time.')
  @Optional()
  @IsInstant()
  occurredAt?: string;

  @Describe('Recorded with the retraction of what the turn was before.')
  @Optional()
  @IsText(0, MAX_REASON)
  reason?: string;
}

/** The turn and what it is to be. */
export class EditTurnInput extends EditTurnBody {
  @IsId()
  turnId: string;
}

/** The input with what the service adds. */
export type EditTurnParts = EditTurnInput & PlannedInput & { expected?: ExpectedVersion };

/** Takes back a turn with all that it caused, and records it again. */
export class EditTurn extends RetractingCommand<EditTurnInput> {
  override get comparesVersion(): boolean {
    return true;
  }

  override task(): RetractionTask {
    return { retract: { turnIds: [this.input.turnId] }, replaces: true };
  }
}
