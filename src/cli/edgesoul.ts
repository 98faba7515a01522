#!/usr/bin/env node
import '../runtime-guard.js';
import '../private-files.js';
import 'reflect-metadata';
import { Command, type CommanderError } from 'commander';
import { VERSION } from '../version.js';
import { EXIT } from './operator/operator-command.js';

const program = new Command('edgesoul')
  .version(VERSION, '-V, --version', 'print the version of this release')
  .description(
    'Operates an EdgeSoul Store: over HTTP through a running service, or directly on its files or database.',
  )
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 a verification found differences\n' +
      'or lost events, or an event stops a projection of a restored or imported log.\nEach command has --help with examples.',
  );

/** Every command by its name, in the order of the help. Most take longer to load than to do their work. */
const COMMANDS = new Map<string, () => Promise<Command>>([
  ['init', async () => (await import('./operator/commands/migrate.command.js')).initCommand()],
  ['migrate', async () => (await import('./operator/commands/migrate.command.js')).migrateCommand()],
  ['status', async () => (await import('./operator/commands/status.command.js')).statusCommand()],
  ['stats', async () => (await import('./operator/commands/stats.command.js')).statsCommand()],
  ['backup', async () => (await import('./operator/commands/backup.command.js')).backupCommand()],
  ['backups', async () => (await import('./operator/commands/backups.command.js')).backupsCommand()],
  [
    'backup-keys',
    async () => (await import('./operator/commands/backup-keys.command.js')).backupKeysCommand(),
  ],
  ['restore', async () => (await import('./operator/commands/restore.command.js')).restoreCommand()],
  ['verify', async () => (await import('./operator/commands/verify.command.js')).verifyCommand()],
  ['rebuild', async () => (await import('./operator/commands/rebuild.command.js')).rebuildCommand()],
  ['compact', async () => (await import('./operator/commands/compact.command.js')).compactCommand()],
  ['export', async () => (await import('./operator/commands/export.command.js')).exportCommand()],
  ['import', async () => (await import('./operator/commands/import.command.js')).importCommand()],
  [
    'import-edgesoul',
    async () => (await import('./operator/commands/import-edgesoul.command.js')).importEdgesoulCommand(),
  ],
  ['replay', async () => (await import('./operator/commands/replay.command.js')).replayCommand()],
  [
    'word-vectors',
    async () => (await import('./operator/commands/word-vectors.command.js')).wordVectorsCommand(),
  ],
  ['reset', async () => (await import('./operator/commands/reset.command.js')).resetCommand()],
  ['jobs', async () => (await import('./operator/commands/jobs.command.js')).jobsCommand()],
  ['cancel', async () => (await import('./operator/commands/jobs.command.js')).cancelCommand()],
  [
    'accept-loss',
    async () => (await import('./operator/commands/accept-loss.command.js')).acceptLossCommand(),
  ],
  ['keys', async () => (await import('./operator/commands/keys.command.js')).keysCommand()],
  ['tenants', async () => (await import('./operator/commands/tenants.command.js')).tenantsCommand()],
  ['erase', async () => (await import('./operator/commands/privacy/erase.command.js')).eraseCommand()],
  [
    'erasures',
    async () => (await import('./operator/commands/privacy/erasures.command.js')).erasuresCommand(),
  ],
  [
    'retention',
    async () => (await import('./operator/commands/privacy/retention.command.js')).retentionCommand(),
  ],
  [
    'export-user',
    async () => (await import('./operator/commands/privacy/export-user.command.js')).exportUserCommand(),
  ],
]);

// Only the command that is called is loaded; the help and a wrong name need all of them.
const called = COMMANDS.get(process.argv[2] ?? '');
for (const load of called ? [called] : COMMANDS.values()) program.addCommand(await load());
// Wrong usage may be found before the option itself is read.
const isJson = process.argv.includes('--json');
for (const each of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
  each
    .configureOutput({ outputError: (message, write) => (isJson ? undefined : write(message)) })
    .exitOverride((error) => {
      if (error.exitCode === 0) process.exit(EXIT.done);
      if (isJson) printUsageError(error);
      process.exit(EXIT.usage);
    });
}
await program.parseAsync();

function printUsageError({ message }: CommanderError): void {
  const text = message.replace(/^error: /, '');
  console.log(JSON.stringify({ error: { code: 'request.invalid', message: text } }, null, 2));
}
