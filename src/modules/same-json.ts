import { stringify } from 'safe-stable-stringify';

/** Whether two values are written as the same JSON: the order of fields does not matter, and -0 is written as 0. */
export function sameJson(one: unknown, other: unknown): boolean {
  return one === other || stringify(one) === stringify(other);
}
