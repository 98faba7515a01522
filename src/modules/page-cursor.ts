import type { Key } from '../database/table.js';
import { InvalidInput } from '../errors.js';

/** Returns an opaque cursor made of the sort key of a page's last row. */
export function encodeCursor(sortKey: readonly Key[]): string {
  return Buffer.from(JSON.stringify(sortKey)).toString('base64url');
}

/**
 * Returns the sort key in a cursor. Throws InvalidInput unless it has exactly one part of each given type.
 */
export function decodeCursor(cursor: string, types: readonly ('string' | 'number')[]): Key[] {
  try {
    const sortKey = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    if (
      Array.isArray(sortKey) &&
      sortKey.length === types.length &&
      sortKey.every((part, i) => typeof part === types[i])
    ) {
      return sortKey as Key[];
    }
  } catch {
    // Text that is not JSON is refused below, like any other bad cursor.
  }
  throw InvalidInput.field('cursor', 'must be the nextCursor of the previous page');
}
