import type { RowsView } from '../database/row-store.js';
import { NotFound, Refused } from '../errors.js';
import { erasuresTable } from '../events/log/erasure/erasure-tables.js';
import type { Decision } from './write-command.js';

/**
 * Returns the decision, unless the user was erased. No row of such a user is left, so a command is refused,
 * changes nothing or would register the user anew; only then is it looked up. While an erasure is being done,
 * rows may be left, and it is looked up at once. Throws Refused.
 */
export function refuseErased(
  rows: RowsView,
  userId: string,
  { isErasing, decide }: { isErasing: boolean; decide: () => Decision },
): Decision {
  if (isErasing) checkNotErased(rows, userId);
  let decision: Decision;
  try {
    decision = decide();
  } catch (error) {
    if (error instanceof NotFound || error instanceof Refused) checkNotErased(rows, userId);
    throw error;
  }
  const [first] = decision.events;
  if (!first || first.type === 'user.registered') checkNotErased(rows, userId);
  return decision;
}

function checkNotErased(rows: RowsView, userId: string): void {
  const erasure = rows.get(erasuresTable, userId);
  if (erasure && erasure.reopened === null) throw userErased(userId, erasure.position);
}

/** The user was erased at the position. */
export function userErased(userId: string, position: number): Refused {
  const message = `User ${userId} was erased at position ${position} and gets no further data; use another id for another person, or reopen this one for a new person.`;
  return new Refused('user.erased', message, { extra: { position } });
}
