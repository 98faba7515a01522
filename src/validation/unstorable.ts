import type { FieldError } from '../errors.js';
import { MAX_ERRORS, pathText } from './field-errors.js';

const MAX_DEPTH = 32;
const TOO_DEEP = `must not be nested deeper than ${MAX_DEPTH} levels`;
/** More than the largest free JSON field has room for. */
const MAX_KEYS = 5_000;
/** As a name it would change the prototype of what it is copied into. */
const NOT_A_NAME = 'must not be the name of a field';
const TOO_WIDE = `must not have more than ${MAX_KEYS} fields`;

/** The key of a value in the object or list around it. */
interface Place {
  key: string | number;
  within: Place | undefined;
}

interface Found {
  errors: FieldError[];
  /**
   * Nested too deeply, or with too many fields in one object: no schema and no serializer must be given it.
   */
  oversized: boolean;
}

/**
 * Finds what a database cannot store: U+0000 and lone surrogates in text, numbers that are not finite, and
 * values that are oversized.
 */
export function unstorable(value: unknown): Found {
  const found: Found = { errors: [], oversized: false };
  check(value, undefined, MAX_DEPTH, found);
  return found;
}

function check(value: unknown, place: Place | undefined, depth: number, found: Found): void {
  if (typeof value === 'object') {
    if (value !== null) checkParts(value, place, depth, found);
  } else {
    const flaw = flawOf(value);
    if (flaw !== undefined) report(flaw, place, found);
  }
}

function checkParts(value: object, within: Place | undefined, depth: number, found: Found): void {
  if (depth === 0) refuseWhole(TOO_DEEP, within, found);
  else if (Array.isArray(value)) checkItems(value, within, depth, found);
  else checkFields(value as Record<string, unknown>, within, depth, found);
}

function checkItems(items: readonly unknown[], within: Place | undefined, depth: number, found: Found): void {
  for (let i = 0; i < items.length && found.errors.length <= MAX_ERRORS; i++) {
    const item = items[i];
    // Most items are good: a place is made only for those that need one.
    if (needsCheck(item)) check(item, { key: i, within }, depth - 1, found);
  }
}

function checkFields(
  fields: Record<string, unknown>,
  within: Place | undefined,
  depth: number,
  found: Found,
): void {
  const keys = Object.keys(fields);
  if (keys.length > MAX_KEYS) return refuseWhole(TOO_WIDE, within, found);
  for (const key of keys) {
    if (found.errors.length > MAX_ERRORS) return;
    const flaw = key === '__proto__' ? NOT_A_NAME : flawOf(key);
    if (flaw !== undefined) report(flaw, { key, within }, found);
    const value = fields[key];
    if (needsCheck(value)) check(value, { key, within }, depth - 1, found);
  }
}

function needsCheck(value: unknown): boolean {
  return typeof value === 'object' || flawOf(value) !== undefined;
}

function refuseWhole(message: string, place: Place | undefined, found: Found): void {
  found.oversized = true;
  report(message, place, found);
}

function flawOf(value: unknown): string | undefined {
  if (typeof value === 'string')
    return value.isWellFormed() && !value.includes('\u0000')
      ? undefined
      : 'must be well-formed Unicode without U+0000';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'must be a finite number';
  return undefined;
}

function report(message: string, place: Place | undefined, { errors }: Found): void {
  const keys: (string | number)[] = [];
  for (let at = place; at !== undefined; at = at.within) keys.unshift(at.key);
  errors.push({ path: pathText(keys), message });
}
