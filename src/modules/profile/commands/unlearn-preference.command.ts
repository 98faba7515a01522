import { IsInt, Max, Min } from 'class-validator';
import { profileStream } from '../../../events/streams.js';
import { Describe } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** The learned preference to undo. */
export class UnlearnPreferenceInput {
  @Describe('Position of the event `preference.learned`.')
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  learnedPosition: number;
}

/** Undoes what was learned from a message. */
export class UnlearnPreference extends StoreCommand<UnlearnPreferenceInput> {
  override get stream(): string {
    return profileStream(this.userId);
  }
}
