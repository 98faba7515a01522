import type { FieldError } from '../errors.js';
import { MAX_ERRORS, pathText } from './field-errors.js';

const MAX_DEPTH = 32;
const TOO_DEEP = `must not be nested deeper than ${MAX_DEPTH} levels`;
/** More than the largest free JSON field has room for. */
const MAX_KEYS = 5_000;
const TOO_WIDE = `must not have more than ${MAX_KEYS} fields`;

/** The key of a value in the object or list around it. */
interface Place {
  key: string | number;
  within: Place | undefined;
}

interface Found {
  errors: FieldError[];
  /** Nested too deeply, or with too many fields in one object: no schema and no serializer must be given it. */
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
  if (depth === 0) {
    found.oversized = true;
    report(TOO_DEEP, within, found);
    return;
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && found.errors.length <= MAX_ERRORS; i++) {
      const part: unknown = value[i];
      // Most items are good: a place is made only for those that need one.
      if (typeof part === 'object' || flawOf(part) !== undefined)
        check(part, { key: i, within }, depth - 1, found);
    }
    return;
  }
  const keys = Object.keys(value);
  if (keys.length > MAX_KEYS) {
    found.oversized = true;
    report(TOO_WIDE, within, found);
    return;
  }
  for (const key of keys) {
    if (found.errors.length > MAX_ERRORS) return;
    const part = (value as Record<string, unknown>)[key];
    const flaw = flawOfKey(key, within);
    if (flaw !== undefined) report(flaw, { key, within }, found);
    if (typeof part === 'object' || flawOf(part) !== undefined)
      check(part, { key, within }, depth - 1, found);
  }
}

/** At the top, `__proto__` is reported as an unknown field. */
function flawOfKey(key: string, within: Place | undefined): string | undefined {
  return key === '__proto__' && within !== undefined ? 'is not a name for a field' : flawOf(key);
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
