import { NotFound } from '../../errors.js';

/** Where the original's routes are. */
export const ORIGINAL_PREFIX = 'api/v1/memory';

/** The tag of these routes in the OpenAPI document. */
export const COMPATIBILITY = 'EdgeSoul compatibility';

/**
 * The share that a number of the original means: its chat sends 0..100, and its tests 0..1. What is above 1
 * is of 100; 1 itself is the whole.
 */
export function shareOf(value: number): number {
  return value > 1 ? value / 100 : value;
}

/** The answer, or undefined about a user of whom nothing is known: the original answers defaults then. */
export async function unlessUnknown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** The time so many days before now, as a bound. */
export function daysAgo(days: number, now: number): string {
  return new Date(now - days * 86_400_000).toISOString();
}
