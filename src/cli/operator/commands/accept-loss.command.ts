import type { Command } from 'commander';
import { acceptLoss } from '../../../operations/loss/give-up.js';
import { migrate } from '../../../store/migrate.js';
import { EXIT, operatorCommand } from '../operator-command.js';
import { addressOf, refuseBesideService, withStore } from '../where.js';

/** `edgesoul accept-loss` */
export function acceptLossCommand(): Command {
  return operatorCommand(
    'accept-loss',
    'Goes on without acknowledged events that the log has lost, when no backup has them or they are not wanted back. No service may run on a data folder.',
    {
      on: ['store', 'backups'],
      examples: ['npm run edgesoul -- accept-loss'],
      action: async (operation) => {
        const { config, terminal } = operation;
        refuseBesideService(operation);
        const loss = await withStore(config, async () => {
          await migrate(addressOf(config));
          return acceptLoss(addressOf(config), config.backupDir);
        });
        terminal.result({ accepted: loss ?? null }, [
          loss
            ? `The store goes on after position ${loss.keptUpTo}, without the ${loss.position - loss.keptUpTo} events that it had once; make a backup now.`
            : 'No acknowledged event is missing; nothing was changed.',
        ]);
        return EXIT.done;
      },
    },
  );
}
