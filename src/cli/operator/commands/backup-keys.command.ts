import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { InvalidInput } from '../../../errors.js';
import { whyOf } from '../../../why.js';
import { EXIT, operatorCommand } from '../operator-command.js';

/** `edgesoul backup-keys` */
export function backupKeysCommand(): Command {
  return new Command('backup-keys')
    .description('The keys of encrypted backups: see BACKUP_RECIPIENT.')
    .addCommand(createCommand());
}

function createCommand(): Command {
  return operatorCommand(
    'create',
    'Makes a pair of keys in the age format. The secret one goes into the file, which only its owner can read: keep it away from the machine that makes backups, and a copy in a safe place, for nobody reads the backups without it. The public one is printed.',
    {
      on: [],
      examples: [
        'npm run edgesoul -- backup-keys create backup-identity.txt',
        'BACKUP_RECIPIENT=age1… npm start',
        'npm run edgesoul -- restore --identity-file backup-identity.txt',
      ],
      action: async ({ terminal }, command) => {
        const [file] = command.args as [string];
        const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
        const identity = await generateX25519Identity();
        const recipient = await identityToRecipient(identity);
        const text = `# created: ${new Date().toISOString()}\n# public key: ${recipient}\n${identity}\n`;
        await writeFile(file, text, { flag: 'wx', mode: 0o600, flush: true }).catch((cause: unknown) => {
          throw InvalidInput.field('file', `${file} cannot be written: ${whyOf(cause)}`);
        });
        terminal.result({ file, recipient }, [
          `${file} has the secret key. Set on the machine that makes backups:`,
          `BACKUP_RECIPIENT=${recipient}`,
        ]);
        return EXIT.done;
      },
    },
  ).argument('<file>', 'where the secret key goes; the file must not exist');
}
