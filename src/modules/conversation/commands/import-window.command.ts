import { ArrayMaxSize, IsArray, Length } from 'class-validator';
import { Describe, IsId, IsInstant, Optional } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** What another program kept of a session beside its turns. */
export class ImportWindowInput {
  @IsId()
  sessionId: string;

  @Describe('The present when left out.')
  @Optional()
  @IsInstant()
  lastActivityAt?: string;

  @Describe(
    'When the session began, if that is known: its first turns need not be. Not after `lastActivityAt`.',
  )
  @Optional()
  @IsInstant()
  startedAt?: string;

  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @Length(1, 128, { each: true })
  topics?: string[];

  @Describe('Labels, in the order in which they were shown.')
  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @Length(1, 64, { each: true })
  emotions?: string[];
}

/** Takes over topics and emotions of a session from another program; its turns are recorded as turns. */
export class ImportWindow extends StoreCommand<ImportWindowInput> {}
