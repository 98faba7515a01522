import { createHash } from 'node:crypto';
import type { Key } from '../database/table.js';
import { InvalidInput } from '../errors.js';

/** The list that a cursor belongs to. Any other refuses it. */
export interface CursorScope {
  /** The UUID that names the store. */
  storeId: string;
  /** Name of the list, such as `memories`. */
  route: string;
  userId: string;
  /** The filters as the client sent them; the page, and what it is read at, are no part of them. */
  filters?: object;
  /** The position up to which the page holds. */
  head: number;
  /** The position that the request asks about, if it does: a cursor of another one is refused. */
  asOf?: number | undefined;
}

/** The kind of each part of a sort key; numbers are whole. */
export type CursorPart = 'integer' | 'text';

/** Makes and reads the cursors of one list. */
export interface Cursors {
  /** Returns an opaque cursor made of the sort key of a page's last row. */
  readonly encode: (sortKey: readonly Key[]) => string;
  /** Returns the sort key in a cursor. Throws InvalidInput unless this list made it, for these parts. */
  readonly decode: (cursor: string, parts: readonly CursorPart[]) => Key[];
}

/** Bytes of the checksum: a changed cursor passes once in 2^72 attempts. */
const CHECKSUM_BYTES = 9;

/**
 * Returns the cursors of one list, user and set of filters. They contain the position of their page, so that
 * paging on with `asOf` at that position goes on in the same state. The checksum finds changes and mix-ups.
 * It needs no secret: a forged cursor gets another page of the list that the request may read anyway.
 */
export function cursors({ storeId, route, userId, filters = {}, head, asOf }: CursorScope): Cursors {
  const scope = JSON.stringify([
    storeId,
    route,
    userId,
    Object.entries(filters).filter(isSet).toSorted(byName),
  ]);
  const written = (content: readonly Key[]): string => {
    const text = JSON.stringify(content);
    const checksum = createHash('sha256').update(`${scope}\n${text}`).digest().subarray(0, CHECKSUM_BYTES);
    return Buffer.concat([checksum, Buffer.from(text)]).toString('base64url');
  };
  return {
    encode: (sortKey) => written([head, ...sortKey]),
    decode(cursor, parts) {
      const content = contentOf(cursor);
      // Compared as text, so that there is one spelling only.
      if (!fits(content, ['integer', ...parts]) || written(content) !== cursor) throw refused('filters');
      const [position, ...sortKey] = content;
      if (asOf !== undefined && asOf !== position) throw refused('filters, and asOf with its position');
      return sortKey;
    },
  };
}

function refused(same: string): InvalidInput {
  return InvalidInput.field('cursor', `must be the nextCursor of the previous page, with the same ${same}`);
}

function contentOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').subarray(CHECKSUM_BYTES).toString());
  } catch {
    return undefined;
  }
}

function fits(content: unknown, parts: readonly CursorPart[]): content is Key[] {
  return (
    Array.isArray(content) &&
    content.length === parts.length &&
    content.every((part, i) =>
      parts[i] === 'integer' ? Number.isSafeInteger(part) : typeof part === 'string' && part.isWellFormed(),
    )
  );
}

const NO_FILTERS: ReadonlySet<string> = new Set(['limit', 'cursor', 'asOf', 'minPosition']);
const isSet = ([name, value]: [string, unknown]): boolean => value !== undefined && !NO_FILTERS.has(name);
const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);
