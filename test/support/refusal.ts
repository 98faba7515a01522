import { StoreError } from '../../src/errors.js';

/** The StoreError that the function throws; throws when it succeeds. */
export function refusalOf(run: () => unknown): StoreError {
  try {
    run();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}
