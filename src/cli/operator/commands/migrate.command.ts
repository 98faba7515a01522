import type { Command } from 'commander';
import { databaseName } from '../../../store/database-address.js';
import { migrate } from '../../../store/migrate.js';
import { EXIT, operatorCommand } from '../operator-command.js';
import { addressOf, withFolder, withStore } from '../where.js';

/** `edgesoul init` */
export function initCommand(): Command {
  return operatorCommand(
    'init',
    "Creates an empty store: the data folder, or the tables in a PostgreSQL database. An existing store is only brought to this release's schema.",
    {
      on: ['store'],
      examples: [
        'npm run edgesoul -- init --data-dir ./data',
        'DATABASE_URL=postgresql://… npm run edgesoul -- init',
      ],
      action: async ({ config, terminal }) => {
        const migrations = await withFolder(config, () => migrate(addressOf(config)));
        const name = databaseName(addressOf(config));
        terminal.result({ migrations }, [
          migrations.length > 0
            ? `${name} is ready (${migrations.join(', ')}).`
            : `${name} already contains a store; nothing was changed.`,
        ]);
        return EXIT.done;
      },
    },
  );
}

/** `edgesoul migrate` */
export function migrateCommand(): Command {
  return operatorCommand(
    'migrate',
    "Brings a store to this release's schema; a service does so by itself at its start.",
    {
      on: ['store'],
      examples: ['npm run edgesoul -- migrate', 'npm run --silent edgesoul -- migrate --json'],
      action: async ({ config, terminal }) => {
        const migrations = await withStore(config, () => migrate(addressOf(config)));
        terminal.result({ migrations }, [
          migrations.length > 0 ? `Migrated: ${migrations.join(', ')}.` : 'Nothing to migrate.',
        ]);
        return EXIT.done;
      },
    },
  );
}
