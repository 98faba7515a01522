import { Refused } from '../../errors.js';
import type { StoreHead } from '../../projections/reads/reads.js';

/** Which store it is, and where its log ends. */
export type LogEnd = Omit<StoreHead, 'recordedAt'>;

/** `after` for the end of the log, wherever it is now: no log can have an event at this position. */
export const END_OF_LOG = Number.MAX_SAFE_INTEGER;

/**
 * Returns the position after which a feed begins. Throws Refused for one that this log does not have yet: the
 * events that will come before it would be skipped without a word.
 */
export function startOfFeed(after: number, { storeId, head }: LogEnd): number {
  if (after === END_OF_LOG) return head;
  if (after > head) throw positionAhead(after, { storeId, head });
  return after;
}

/** The position is of another store, or of a state of this one that a restore has replaced. */
export function positionAhead(after: number, { storeId, head }: LogEnd): Refused {
  return new Refused(
    'feed.position-ahead',
    `Position ${after} is after the end of this log, ${head}. It is of another store than ${storeId}, or from before a ` +
      'restore to an earlier state: discard what was read after position ' +
      `${head}, or read the log again from the beginning (after=0).`,
    { extra: { head, storeId } },
  );
}
