import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean } from 'class-validator';
import { IsStoredId, IsText, Optional } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';
import { MAX_REASON } from './forget-memory.command.js';

/** Most memories that one command forgets, and that a dry run names. */
export const MAX_FORGOTTEN = 1_000;

/** The memories to forget, and the reason. */
export class ForgetMemoriesInput {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_FORGOTTEN)
  @IsStoredId({ each: true })
  memoryIds: string[];

  @Optional()
  @IsText(0, MAX_REASON)
  reason?: string;

  /** Whether pinned memories are forgotten, too. */
  @Optional()
  @IsBoolean()
  includePinned?: boolean;
}

/** Forgets several memories at once: all of them or, if one does not exist, none. */
export class ForgetMemories extends StoreCommand<ForgetMemoriesInput> {}
