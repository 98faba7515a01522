import { InvalidInput, NotFound, Refused } from '../../errors.js';
import { USER_ERASED } from '../../events/erasure/user-erased.event.js';
import { USER_REOPENED } from '../../events/erasure/user-reopened.event.js';
import { erasureRecordsTable } from '../../events/log/erasure/erasure-tables.js';
import { erasuresTable, type ErasureRow } from '../../events/log/erasure/erasure-tables.js';
import { erasureStream } from '../../events/streams.js';
import { profilesTable } from '../../projections/current-profile.projection.js';
import type { Decision, WriteState } from '../../writer/write-command.js';
import { offsetOf } from '../resolve-user.js';
import type { CountedInput } from './commands/erase-user.command.js';
import type { ReopenUserInput } from './commands/reopen-user.command.js';

/** Decides that a user is erased; one who is erased already is refused by the writer. */
export function eraseUser(state: WriteState, userId: string, { confirm, counted }: CountedInput): Decision {
  if (confirm !== userId) throw InvalidInput.field('confirm', `must be the userId, ${userId}`);
  const profile = state.rows.get(profilesTable, userId);
  if (!profile) throw NotFound.user(userId);
  const event = {
    streamId: erasureStream(userId),
    type: USER_ERASED,
    data: counted,
    utcOffset: offsetOf(profile, state.now),
  } as const;
  return {
    status: 200,
    events: [event],
    answer: ({ events, position }) => ({ erasureId: events[0]?.eventId, position }),
  };
}

/**
 * Decides that the id of an erased user is a new user's. What is left of the former must be gone before: the
 * writer refuses it until then.
 */
export function reopenUser(state: WriteState, userId: string, { afterErasure }: ReopenUserInput): Decision {
  const erasure = state.rows.get(erasuresTable, userId);
  if (!erasure || erasure.reopened !== null) throw notErased(state, userId, erasure);
  const record = state.rows.get(erasureRecordsTable, userId, erasure.position);
  if (record && record.erasureId !== afterErasure)
    throw InvalidInput.field('afterErasure', 'must be the id of the last erasure of this user');
  const event = {
    streamId: erasureStream(userId),
    type: USER_REOPENED,
    data: { erasureId: afterErasure },
  } as const;
  return { status: 200, events: [event], answer: ({ position }) => ({ userId, position }) };
}

function notErased(state: WriteState, userId: string, erasure: ErasureRow | undefined): Refused | NotFound {
  if (!erasure && !state.rows.get(profilesTable, userId)) return NotFound.user(userId);
  return new Refused('user.not-erased', `User ${userId} is not erased; write for the user as it is.`);
}
