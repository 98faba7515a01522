import { StoreError } from '../../src/errors.js';

/** The error of the taxonomy that the function throws; fails when it throws none. */
export function refusalOf(run: () => unknown): StoreError {
  try {
    run();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}
