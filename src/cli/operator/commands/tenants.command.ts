import { Command } from 'commander';
import type { Config } from '../../../config.js';
import { InvalidInput } from '../../../errors.js';
import { keyState } from '../../../store/keys/access-key.js';
import { listKeys } from '../../../store/keys/access-keys.js';
import { createTenant, removeTenant, tenantNames } from '../../../store/tenants/tenant-stores.js';
import { EXIT, operatorCommand, parseTenant } from '../operator-command.js';
import { existingAddress } from '../where.js';

/** A tenant as it is listed. */
interface ListedTenant {
  name: string;
  /** Keys that can be used now. */
  keys: number;
}

/** `edgesoul tenants` */
export function tenantsCommand(): Command {
  return new Command('tenants')
    .description(
      'Makes, lists and removes tenants: each has a store of its own in the same service, which its keys open.',
    )
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(removeCommand());
}

function createCommand(): Command {
  return operatorCommand(
    'create',
    'Makes a tenant with an empty store; a running service needs no restart.',
    {
      on: ['instance'],
      examples: [
        'npm run edgesoul -- tenants create acme',
        'npm run edgesoul -- keys create --name acme-chat --scope chat --tenant acme',
      ],
      action: async ({ config, terminal }, command) => {
        const name = command.args[0] as string;
        await existingAddress(config);
        await createTenant(config, name);
        terminal.result({ name }, [
          `The tenant ${name} has an empty store. Nobody gets in before it has a key:`,
          `  npm run edgesoul -- keys create --name ${name}-chat --scope chat --tenant ${name}`,
        ]);
        return EXIT.done;
      },
    },
  ).argument('<name>', 'the name of the tenant', parseTenant);
}

function listCommand(): Command {
  return operatorCommand('list', 'Lists the tenants, without the default one, which is always there.', {
    on: ['instance'],
    examples: ['npm run edgesoul -- tenants list', 'npm run --silent edgesoul -- tenants list --json'],
    action: async ({ config, terminal }) => {
      const items = await listed(config);
      terminal.result(
        { items },
        items.length === 0
          ? ['There are no tenants but the default one.']
          : items.map(({ name, keys }) => `  ${name.padEnd(40)} ${keys} ${keys === 1 ? 'key' : 'keys'}`),
      );
      return EXIT.done;
    },
  });
}

function removeCommand(): Command {
  return operatorCommand(
    'remove',
    'Removes a tenant for good: ends its keys, and removes its store and its backups. A running service closes the store first.',
    {
      on: ['instance', 'backups'],
      examples: ['npm run edgesoul -- tenants remove acme --confirm acme'],
      action: async ({ config, terminal }, command) => {
        const name = command.args[0] as string;
        const { confirm } = command.opts<{ confirm: string }>();
        if (confirm !== name) throw InvalidInput.field('--confirm', `must be the name, ${name}`);
        await existingAddress(config);
        const keys = await removeTenant(config, name);
        terminal.result({ name, keys }, [
          `The tenant ${name} is removed, with its backups in ${config.backupDir}; keys that ended: ${keys}.`,
        ]);
        return EXIT.done;
      },
    },
  )
    .argument('<name>', 'the name of the tenant', parseTenant)
    .requiredOption('--confirm <name>', 'the name once more, as a removal cannot be undone');
}

async function listed(config: Config): Promise<ListedTenant[]> {
  const [names, keys] = await Promise.all([tenantNames(config), listKeys(await existingAddress(config))]);
  const now = Date.now();
  return names.map((name) => ({
    name,
    keys: keys.filter((key) => key.tenant === name && keyState(key, now) === 'active').length,
  }));
}
