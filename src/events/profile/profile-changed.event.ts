import { IsObject } from 'class-validator';
import { defineEvent } from '../event.js';

/** One field's old and new value. */
export interface FieldChange {
  from: unknown;
  to: unknown;
}

/** Only the fields that changed, by their name (`voice.speed` for nested ones). */
export class ProfileChanged {
  @IsObject()
  changes: Record<string, FieldChange>;
}

/** A user's profile was changed by command. */
export const profileChanged = defineEvent({
  type: 'profile.changed',
  version: 1,
  payload: ProfileChanged,
  upcasters: [],
});
