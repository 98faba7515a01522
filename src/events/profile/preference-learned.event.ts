import { Allow, IsString } from 'class-validator';
import { IsStoredId, IsText, Optional } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** What a rule learned from a turn: a changed profile field, or a value such as an interest. */
export class PreferenceLearned {
  @IsText(1, 128)
  rule: string;

  @Optional()
  @IsString()
  field?: string;

  @Optional()
  @Allow()
  from?: unknown;

  @Optional()
  @Allow()
  to?: unknown;

  @Optional()
  @Allow()
  value?: unknown;

  @IsStoredId()
  turnId: string;
}

/** A preference was learned from a user's message. */
export const preferenceLearned = defineEvent({
  type: 'preference.learned',
  version: 1,
  payload: PreferenceLearned,
  upcasters: [],
});
