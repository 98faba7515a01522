import { MAX_REASON } from '../../../events/retraction/events-retracted.event.js';
import { profileStream } from '../../../events/streams.js';
import type { RetractionTask } from '../../../operations/retraction/planned-retraction.js';
import { IsStoredId, IsText, Optional } from '../../../validation/fields.js';
import { RetractingCommand } from '../../retracting-command.js';

/** The retraction to undo. */
export class RestoreEventsInput {
  @IsStoredId()
  retractionId: string;

  @Optional()
  @IsText(0, MAX_REASON)
  reason?: string;
}

/** Undoes a retraction. */
export class RestoreEvents extends RetractingCommand<RestoreEventsInput> {
  override get stream(): string {
    return profileStream(this.userId);
  }

  override task(): RetractionTask {
    return { restore: this.input.retractionId };
  }
}
