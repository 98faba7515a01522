import { ArrayMaxSize, IsArray, IsNumber, Length, Max, Min } from 'class-validator';
import { MAX_REASON } from '../../../events/retraction/events-retracted.event.js';
import type { RetractionTask } from '../../../operations/retraction/planned-retraction.js';
import {
  Describe,
  IsId,
  IsInstant,
  IsLabel,
  IsText,
  LABEL_NOTE,
  Nullable,
  Optional,
  TRIGGERS_NOTE,
} from '../../../validation/fields.js';
import type { ExpectedVersion } from '../../../writer/write-command.js';
import { RetractingCommand, type FindObservation, type PlannedInput } from '../../retracting-command.js';

/** What of an observation is to be otherwise; what is left out stays. */
export class CorrectObservationBody {
  @Describe(LABEL_NOTE)
  @Optional()
  @IsLabel(64)
  emotion?: string;

  @Describe('0..1')
  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  intensity?: number;

  @Describe('0..1; null: not known.')
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

  @Describe('null: outside of any session. Not for the emotion of a turn.')
  @Nullable()
  @IsId()
  sessionId?: string | null;

  @Describe('When the emotion was felt. Not for the emotion of a turn.')
  @Optional()
  @IsInstant()
  occurredAt?: string;

  @Describe('Recorded with the retraction of what was observed before.')
  @Optional()
  @IsText(0, MAX_REASON)
  reason?: string;
}

/** The observation, by the id of its event or its position, and what is to be otherwise. */
export class CorrectObservationInput extends CorrectObservationBody {
  @IsId()
  eventId: string;
}

/** The input with what the service adds. */
export type CorrectObservationParts = CorrectObservationInput & PlannedInput & { expected?: ExpectedVersion };

/** Takes back one observed emotion, and records it again otherwise; so does the turn that shows it. */
export class CorrectObservation extends RetractingCommand<CorrectObservationInput> {
  override get comparesVersion(): boolean {
    return true;
  }

  override async task(find: FindObservation): Promise<RetractionTask> {
    const found = await find(this.userId, this.input.eventId);
    const { eventId, turnId } = found ?? { eventId: this.input.eventId, turnId: null };
    const turns = turnId === null ? {} : { turnIds: [turnId] };
    return { retract: { eventIds: [eventId], ...turns, exactly: true }, replaces: true };
  }
}
