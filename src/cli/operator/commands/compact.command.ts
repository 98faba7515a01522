import type { Command } from 'commander';
import { compact } from '../../../operations/compact.js';
import { existingStore } from '../../../store/check-store.js';
import { interruptible } from '../interruptible.js';
import { EXIT, operatorCommand } from '../operator-command.js';
import { sizeText } from '../texts.js';
import { addressOf, refuseBesideService } from '../where.js';

/** `edgesoul compact` */
export function compactCommand(): Command {
  return operatorCommand(
    'compact',
    'Gives the room of removed rows back to the disk, as after a rebuild. No service may run on a data folder; on PostgreSQL it works beside services.',
    {
      on: ['store'],
      examples: ['npm run edgesoul -- compact', 'npm run --silent edgesoul -- compact --json'],
      action: async (operation) => {
        const { config, terminal } = operation;
        refuseBesideService(operation);
        await existingStore(addressOf(config), { allowOlder: true });
        const progress = terminal.progress('Compacting');
        const report = await interruptible(
          (signal) => compact(config, { progress, signal }),
          'Interrupted; the store is as it was.',
        );
        const { before, after, givenBack } = report;
        terminal.result(report, [
          `The store takes ${sizeText(after)}; before, it took ${sizeText(before)}: ${sizeText(givenBack)} were given back.`,
        ]);
        return EXIT.done;
      },
    },
  );
}
