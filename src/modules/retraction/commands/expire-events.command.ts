import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsInt, Min } from 'class-validator';
import { MAX_REASON, MAX_RETRACTED } from '../../../events/retraction/events-retracted.event.js';
import { profileStream } from '../../../events/streams.js';
import type { RetractionTask } from '../../../operations/retraction/planned-retraction.js';
import { IsText } from '../../../validation/fields.js';
import { RetractingCommand } from '../../retracting-command.js';

/** Events that are older than the policy lets them be. */
export class ExpireEventsInput {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_RETRACTED)
  @IsInt({ each: true })
  @Min(1, { each: true })
  positions: number[];

  /** The position of the user's last event when they were chosen. */
  @IsInt()
  @Min(1)
  expectedPosition: number;

  /** Names the rules. */
  @IsText(1, MAX_REASON)
  reason: string;
}

/** Takes events back for good: their data is erased, and nothing brings them back. */
export class ExpireEvents extends RetractingCommand<ExpireEventsInput> {
  override get stream(): string {
    return profileStream(this.userId);
  }

  override task(): RetractionTask {
    return { retract: { positions: this.input.positions, exactly: true }, erases: true };
  }
}
