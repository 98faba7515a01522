#!/usr/bin/env node
import '../runtime-guard.js';
import '../private-files.js';
import 'reflect-metadata';
import { Command, type CommanderError } from 'commander';
import { VERSION } from '../version.js';
import { acceptLossCommand } from './operator/accept-loss.command.js';
import { backupCommand } from './operator/backup.command.js';
import { backupsCommand } from './operator/backups.command.js';
import { compactCommand } from './operator/compact.command.js';
import { exportCommand } from './operator/export.command.js';
import { importEdgesoulCommand } from './operator/import-edgesoul.command.js';
import { importCommand } from './operator/import.command.js';
import { cancelCommand, jobsCommand } from './operator/jobs.command.js';
import { initCommand, migrateCommand } from './operator/migrate.command.js';
import { EXIT } from './operator/operator-command.js';
import { rebuildCommand } from './operator/rebuild.command.js';
import { replayCommand } from './operator/replay.command.js';
import { resetCommand } from './operator/reset.command.js';
import { restoreCommand } from './operator/restore.command.js';
import { statsCommand } from './operator/stats.command.js';
import { statusCommand } from './operator/status.command.js';
import { verifyCommand } from './operator/verify.command.js';

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
  restoreCommand(),
  verifyCommand(),
  rebuildCommand(),
  compactCommand(),
  exportCommand(),
  importCommand(),
  importEdgesoulCommand(),
  replayCommand(),
  resetCommand(),
  jobsCommand(),
  cancelCommand(),
  acceptLossCommand(),
];
for (const command of COMMANDS) program.addCommand(command);
// Wrong usage may be found before the option itself is read.
const isJson = process.argv.includes('--json');
for (const each of [program, ...program.commands]) {
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
