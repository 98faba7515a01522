import { memoryStream } from '../../../events/streams.js';
import { IsStoredId, IsText, Optional } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** Longest reason for forgetting a memory, in characters. */
export const MAX_REASON = 500;

/** The memory to forget, and the reason. */
export class ForgetMemoryInput {
  /** Also `.` and `..`, which older releases took: they can be forgotten in a batch. */
  @IsStoredId()
  memoryId: string;

  @Optional()
  @IsText(0, MAX_REASON)
  reason?: string;
}

/** Forgets a memory. */
export class ForgetMemory extends StoreCommand<ForgetMemoryInput> {
  override get stream(): string {
    return memoryStream(this.userId, this.input.memoryId);
  }
}
