import { StoreError, Unexpected } from './errors.js';

/** What a log says of a failure: what a person can act on, and the stack of what caused it or of what nobody foresaw. */
export function loggedFailure(error: unknown): { code: string; why: string; cause?: string | undefined } {
  const failure = error instanceof StoreError ? error : Unexpected.from(error);
  const { code, message: why } = failure;
  const cause = failure.cause ?? (failure.status === 500 ? failure : undefined);
  return { code, why, ...(cause instanceof Error && { cause: cause.stack }) };
}
