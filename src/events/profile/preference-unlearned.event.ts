import { Allow, IsInt, IsString, Min } from 'class-validator';
import { IsText, Optional } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** What was learned wrongly, and the field that changes back; without a field the profile stays as it is. */
export class PreferenceUnlearned {
  /** Position of the `preference.learned` that this one undoes. */
  @IsInt()
  @Min(1)
  learnedPosition: number;

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
}

/** A learned preference was undone. */
export const preferenceUnlearned = defineEvent({
  type: 'preference.unlearned',
  version: 1,
  payload: PreferenceUnlearned,
  upcasters: [],
});
