import { InvalidInput } from '../../errors.js';

/** The report's own parameters of a query, by name; absent ones are undefined. */
export type OwnParameters = Readonly<Record<string, unknown>>;

/** Returns the text of a parameter; undefined if it is absent. Throws InvalidInput if it is anything else. */
export function textOf(own: OwnParameters, name: string): string | undefined {
  const value = own[name];
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw InvalidInput.field(name, 'must be given once, as a text');
}

/** Returns the choice that a parameter names, or the first one if it is absent. Throws InvalidInput. */
export function choiceOf<T extends string>(
  own: OwnParameters,
  name: string,
  choices: readonly [T, ...T[]],
): T {
  const value = textOf(own, name);
  if (value === undefined) return choices[0];
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw InvalidInput.field(name, `must be one of ${choices.join(', ')}`);
  return choice;
}

/** The bounds of a whole number, and what it is if it is absent. */
export interface WholeBounds {
  min: number;
  max: number;
  absent: number;
}

/** Returns the whole number of a parameter. Throws InvalidInput. */
export function wholeOf(own: OwnParameters, name: string, { min, max, absent }: WholeBounds): number {
  const value = textOf(own, name);
  if (value === undefined) return absent;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
  if (number >= min && number <= max) return number;
  throw InvalidInput.field(name, `must be a whole number from ${min} to ${max}`);
}
