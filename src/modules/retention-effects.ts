import { ACTORS } from '../events/actors.js';
import type { Erasures } from '../operations/erasure/erasures.js';
import type { RetentionEffects } from '../operations/retention/run-retention.js';
import type { Retractions } from '../operations/retraction/retractions.js';
import type { CommandWriter } from '../writer/command-writer.js';
import { EraseUser } from './erasure/commands/erase-user.command.js';
import { ExpireEvents } from './retraction/commands/expire-events.command.js';
import { commandData } from './store-command.js';

interface EffectParts {
  writer: Pick<CommandWriter, 'write'>;
  retractions: Retractions;
  erasures: Erasures;
  usersErased: () => Promise<void>;
}

/** What a run of retention sends to the writer. */
export function retentionEffects({
  writer,
  retractions,
  erasures,
  usersErased,
}: EffectParts): RetentionEffects {
  const context = { actor: ACTORS.retention };
  return {
    async expire(userId, order) {
      const command = new ExpireEvents(userId, order, context);
      await retractions.apply(userId, command.task(), (planned) =>
        writer.write(commandData(command.with(planned))),
      );
    },
    async eraseUser(userId) {
      const counted = await erasures.count(userId);
      await writer.write(commandData(new EraseUser(userId, { confirm: userId }, context).with(counted)));
    },
    finish: () => erasures.finish(),
    usersErased,
  };
}
