import { IsObject } from 'class-validator';
import { defineEvent } from '../event.js';

/** The old and the new value of one field. */
export interface FieldChange {
  from: unknown;
  to: unknown;
}

/** The fields that changed, by name; a nested field is named like `voice.speed`. */
export class ProfileChanged {
  @IsObject()
  changes: Record<string, FieldChange>;
}

/** A command changed a user's profile. */
export const profileChanged = defineEvent({
  type: 'profile.changed',
  version: 1,
  payload: ProfileChanged,
  upcasters: [],
});
