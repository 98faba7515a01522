import { StoreError, Unexpected } from './errors.js';

/** Log fields of a failure: code, message, and the stack of its cause (its own stack if it is a 500). */
export function failureFields(error: unknown): { code: string; why: string; cause?: string | undefined } {
  const failure = error instanceof StoreError ? error : Unexpected.from(error);
  const { code, message: why } = failure;
  const cause = failure.cause ?? (failure.status === 500 ? failure : undefined);
  return { code, why, ...(cause instanceof Error && { cause: cause.stack }) };
}
