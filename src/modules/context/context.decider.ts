import { InvalidInput, NotFound } from '../../errors.js';
import { contextStream } from '../../events/streams.js';
import { contextUsesTable, receiptHashOf } from '../../projections/context-uses.projection.js';
import { profilesTable } from '../../projections/current-profile.projection.js';
import type { Decision, WriteState } from '../../writer/write-command.js';
import { resolveUser } from '../resolve-user.js';
import type { UseContextInput } from './commands/use-context.command.js';
import { readReceiptId } from './receipt.js';

/** Ties a context to a turn; to tie it to the same turn again writes nothing. */
export function useContext(state: WriteState, userId: string, input: UseContextInput): Decision {
  const { receiptId, turnId, memories } = input;
  if (readReceiptId(receiptId).userId !== userId)
    throw InvalidInput.field('receiptId', 'must be of a context of this user');
  if (!state.rows.get(profilesTable, userId)) throw NotFound.user(userId);
  const known = state.rows.get(contextUsesTable, userId, receiptHashOf(receiptId), turnId);
  const answer = (position: number): object => ({ receiptId, turnId, position });
  if (known) return { status: 200, events: [], answer: () => answer(known.position) };
  const { when } = resolveUser(state, userId);
  const data = {
    receiptId,
    turnId,
    memories: memories.map(({ memoryId, score }) => ({ memoryId, score })),
  };
  return {
    status: 200,
    events: [{ streamId: contextStream(userId), type: 'context.used', data, ...when }],
    answer: ({ position }) => answer(position),
  };
}
