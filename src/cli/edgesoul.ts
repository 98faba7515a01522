#!/usr/bin/env node
import '../runtime-guard.js';
import '../private-files.js';
import 'reflect-metadata';
import { Command, type CommanderError } from 'commander';
import { VERSION } from '../version.js';
import { acceptLossCommand } from './operator/commands/accept-loss.command.js';
import { backupKeysCommand } from './operator/commands/backup-keys.command.js';
import { backupCommand } from './operator/commands/backup.command.js';
import { backupsCommand } from './operator/commands/backups.command.js';
import { compactCommand } from './operator/commands/compact.command.js';
import { exportCommand } from './operator/commands/export.command.js';
import { importEdgesoulCommand } from './operator/commands/import-edgesoul.command.js';
import { importCommand } from './operator/commands/import.command.js';
import { cancelCommand, jobsCommand } from './operator/commands/jobs.command.js';
import { keysCommand } from './operator/commands/keys.command.js';
import { initCommand, migrateCommand } from './operator/commands/migrate.command.js';
import { eraseCommand } from './operator/commands/privacy/erase.command.js';
import { erasuresCommand } from './operator/commands/privacy/erasures.command.js';
import { exportUserCommand } from './operator/commands/privacy/export-user.command.js';
import { retentionCommand } from './operator/commands/privacy/retention.command.js';
import { rebuildCommand } from './operator/commands/rebuild.command.js';
import { replayCommand } from './operator/commands/replay.command.js';
import { resetCommand } from './operator/commands/reset.command.js';
import { restoreCommand } from './operator/commands/restore.command.js';
import { statsCommand } from './operator/commands/stats.command.js';
import { statusCommand } from './operator/commands/status.command.js';
import { tenantsCommand } from './operator/commands/tenants.command.js';
import { verifyCommand } from './operator/commands/verify.command.js';
import { wordVectorsCommand } from './operator/commands/word-vectors.command.js';
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

const COMMANDS = [
  initCommand(),
  migrateCommand(),
  statusCommand(),
  statsCommand(),
  backupCommand(),
  backupsCommand(),
  backupKeysCommand(),
  restoreCommand(),
  verifyCommand(),
  rebuildCommand(),
  compactCommand(),
  exportCommand(),
  importCommand(),
  importEdgesoulCommand(),
  replayCommand(),
  wordVectorsCommand(),
  resetCommand(),
  jobsCommand(),
  cancelCommand(),
  acceptLossCommand(),
  keysCommand(),
  tenantsCommand(),
  eraseCommand(),
  erasuresCommand(),
  retentionCommand(),
  exportUserCommand(),
];
for (const command of COMMANDS) program.addCommand(command);
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
