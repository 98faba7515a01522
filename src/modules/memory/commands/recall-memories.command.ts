import { ArrayMaxSize, ArrayMinSize, IsArray, Matches } from 'class-validator';
import { ID_PATTERN } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** The memories that one reply used. */
export class RecallMemoriesBody {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @Matches(ID_PATTERN, { each: true })
  memoryIds: string[];
}

/** Records which memories a reply used. */
export class RecallMemories extends StoreCommand<RecallMemoriesBody> {}
