import { stringify } from 'safe-stable-stringify';

/** Whether two values are the same when they are written as JSON: 0 and -0 are, and the order of fields. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return a === b || stringify(a) === stringify(b);
}
