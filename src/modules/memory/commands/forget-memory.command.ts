import { memoryStream } from '../../../events/streams.js';
import { IsId, IsText, Optional } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** Longest reason for forgetting a memory, in characters. */
export const MAX_REASON = 500;

/** The memory to forget, and the reason. */
export class ForgetMemoryInput {
  @IsId()
  memoryId: string;

  @Optional()
  @IsText(0, MAX_REASON)
  reason?: string;
}

/** Forgets a memory. */
export class ForgetMemory extends StoreCommand<ForgetMemoryInput> {
  override get stream(): string {
    return memoryStream(this.input.memoryId);
  }
}
