import { NotFound } from '../../errors.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';

/** Throws NotFound if the user has no events. */
export async function refuseUnknownUser(reader: StoreReader, userId: string): Promise<void> {
  const [event] = await reader.events({ after: 0, userId, limit: 1 });
  if (!event)
    throw new NotFound('user.not-found', `The log has no event of user ${userId}; nothing was written.`);
}
