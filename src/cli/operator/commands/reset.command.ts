import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { InvalidInput } from '../../../errors.js';
import { newId } from '../../../events/uuid.js';
import { runBackup } from '../../../operations/backup/run-backup.js';
import { checkRecipients } from '../../../operations/encryption/encrypted-files.js';
import { reset } from '../../../operations/reset.js';
import { existingStore } from '../../../store/check-store.js';
import type { DatabaseAddress } from '../../../store/database-address.js';
import { DEFAULT_TENANT } from '../../../store/tenants/tenant-name.js';
import { interruptible } from '../interruptible.js';
import { isTyped } from '../is-typed.js';
import { EXIT, operatorCommand, type Operation } from '../operator-command.js';
import { addressOf, refuseBesideService } from '../where.js';

/** `edgesoul reset` */
export function resetCommand(): Command {
  return operatorCommand(
    'reset',
    'Removes everything in a store: log, receipts and projections; makes a full, verified backup first. No service may run on it.',
    {
      on: ['store', 'backups'],
      examples: [
        'npm run edgesoul -- reset',
        'npm run edgesoul -- reset --yes --data-dir ./data --backup-dir /mnt/backups',
      ],
      action: async (operation, command) => {
        const { config, terminal } = operation;
        refuseBesideService(operation);
        await existingStore(addressOf(config), { allowOlder: true });
        const name = storeName(operation);
        const confirmed =
          command.opts<{ yes?: boolean }>().yes ??
          (await isTyped(name, questionOf(name), { input: process.stdin, output: process.stderr }));
        if (!confirmed) {
          terminal.failed(unconfirmed(name));
          return EXIT.usage;
        }
        const { file, position, events } = await reset(config, (address) => backUp(operation, address));
        terminal.result({ name, backup: file, events, position }, [
          `${name} is empty. The ${events} events that it had are in the backup ${file}, in ${config.backupDir}:`,
          `  npm run edgesoul -- restore --from ${file} --to ${position}`,
        ]);
        return EXIT.done;
      },
    },
  ).option('--yes', "do not ask for the store's name");
}

/**
 * The name that the operator has to type: the tenant, the last part of the data folder's path, or the
 * database.
 */
function storeName({ tenant = DEFAULT_TENANT, config: { databaseUrl, dataDir } }: Operation): string {
  if (tenant !== DEFAULT_TENANT) return tenant;
  if (databaseUrl === undefined) return basename(resolve(dataDir));
  const { pathname, username } = new URL(databaseUrl);
  return decodeURIComponent(pathname.slice(1)) || username;
}

function unconfirmed(name: string): InvalidInput {
  return new InvalidInput(
    'reset.unconfirmed',
    `Nothing was done: everything in ${name} would be removed. Type its name on a terminal, or give --yes.`,
  );
}

function questionOf(name: string): string {
  return `This removes everything in ${name}, after a backup. Type ${name} to go on: `;
}

async function backUp({ config, terminal }: Operation, address: DatabaseAddress) {
  const { recipients } = config.backups;
  await checkRecipients(recipients);
  const progress = terminal.progress('Backing up');
  const order = { address, folder: config.backupDir, backupId: newId(), recipients };
  return interruptible(
    (signal) => runBackup(order, { progress, signal }),
    'Interrupted; unfinished files were removed, and nothing was reset.',
  );
}
