import type { Key } from '../database/table.js';
import { InvalidInput } from '../errors.js';

/** An opaque cursor that names the last row of a page. */
export function encodeCursor(place: readonly Key[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The place that a cursor names; each part must have the type given. Throws InvalidInput. */
export function decodeCursor(cursor: string, parts: readonly ('string' | 'number')[]): Key[] {
  try {
    const place = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    if (
      Array.isArray(place) &&
      place.length === parts.length &&
      place.every((part, i) => typeof part === parts[i])
    ) {
      return place as Key[];
    }
  } catch {
    // Said below: whatever was wrong with it, it is not a cursor.
  }
  throw InvalidInput.field('cursor', 'must be the nextCursor of the page before');
}
