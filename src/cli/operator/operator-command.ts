import { Command, InvalidArgumentError, Option } from 'commander';
import { readConfig, type Config } from '../../config.js';
import {
  DamagedDatabase,
  InvalidInput,
  Refused,
  StartRefused,
  StoreError,
  Unexpected,
} from '../../errors.js';
import { databaseFile, ownerOf } from '../../store/sqlite/data-folder.js';
import { quickCheck } from '../../store/sqlite/database-file.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { Terminal } from './terminal.js';

export { EXIT, type ExitCode };

/**
 * What a command works on. It decides which of the common options the command has: an option that the command
 * could only ignore is wrong usage.
 */
export type Target = 'store' | 'backups' | 'service';

/** What the action of a command receives. */
export interface Operation {
  config: Config;
  /** Address of the service to use; undefined means the one that runs on the data folder, if any. */
  url: string | undefined;
  /** How the caller has named the backup folder: by an option or a variable; undefined if not at all. */
  backupDirBy: '--backup-dir' | 'BACKUP_DIR' | undefined;
  terminal: Terminal;
}

interface CommonOptions {
  json?: boolean;
  dataDir?: string;
  backupDir?: string;
  databaseUrl?: string;
  url?: string;
}

/**
 * Creates a command with what all commands share: `--json`, the options for what it works on, examples and an
 * exit code. The action reads its own options from the command.
 */
export function operatorCommand(
  name: string,
  description: string,
  {
    on: targets,
    examples,
    action,
  }: {
    on: readonly Target[];
    examples: string[];
    action: (operation: Operation, command: Command) => Promise<ExitCode>;
  },
): Command {
  const created = new Command(name)
    .description(description)
    .option('--json', 'print the result as JSON, and no progress');
  for (const target of targets) for (const option of optionsOf(target)) created.addOption(option);
  return created
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`)
    .action(async (...args: unknown[]) => {
      const command = args.at(-1) as Command;
      const options = command.opts<CommonOptions>();
      const terminal = new Terminal(options.json ?? false);
      try {
        process.exitCode = await action(operationOf(options, targets, terminal), command);
      } catch (error) {
        process.exitCode = exitCodeOf(error);
        terminal.failed(error, damagedPlaces(error, options));
        // The work may not have noticed yet that it was interrupted.
        if (error instanceof Refused && error.code === 'work.interrupted') process.exit(EXIT.failed);
        if (!isExplained(error)) throw error;
      } finally {
        terminal.close();
      }
    });
}

/** The common options of a command on that target. `--url` names a service, which has its own folders. */
function optionsOf(target: Target): Option[] {
  if (target === 'store')
    return [
      new Option('--data-dir <folder>', 'the data folder (DATA_DIR, ./data)'),
      new Option(
        '--database-url <url>',
        'a PostgreSQL database instead of the data folder (DATABASE_URL)',
      ).conflicts('dataDir'),
    ];
  if (target === 'backups')
    return [new Option('--backup-dir <folder>', 'where backups are (BACKUP_DIR, ./backups)')];
  return [
    new Option('--url <url>', 'use the service at this address')
      .argParser(parseUrl)
      .conflicts(['dataDir', 'databaseUrl', 'backupDir']),
  ];
}

function parseUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new InvalidArgumentError('It must look like http://127.0.0.1:3000.');
}

function operationOf(options: CommonOptions, targets: readonly Target[], terminal: Terminal): Operation {
  const config = configOf(options);
  const { url, backupDir } = options;
  const usesBackups = targets.includes('backups');
  const byVariable = usesBackups && process.env.BACKUP_DIR !== undefined ? 'BACKUP_DIR' : undefined;
  const backupDirBy = backupDir === undefined ? byVariable : '--backup-dir';
  const usesOwnFolder = usesBackups && url === undefined && backupDirBy === undefined;
  // Where nothing else was said, the backups of a store are those that its service makes.
  const serviceFolder = usesOwnFolder ? backupFolderOfService(config) : undefined;
  return { config: { ...config, backupDir: serviceFolder ?? config.backupDir }, url, backupDirBy, terminal };
}

function backupFolderOfService({ databaseUrl, dataDir }: Config): string | undefined {
  return databaseUrl === undefined ? ownerOf(dataDir)?.backupDir : undefined;
}

/** A wrong value of an option or a variable is wrong usage. */
function configOf({ dataDir, backupDir, databaseUrl }: CommonOptions): Config {
  try {
    return readConfig({
      ...process.env,
      ...(dataDir !== undefined && { DATA_DIR: dataDir, DATABASE_URL: '' }),
      ...(backupDir !== undefined && { BACKUP_DIR: backupDir }),
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    });
  } catch (error) {
    if (error instanceof StartRefused)
      throw new InvalidInput('request.invalid', error.message, { cause: error });
    throw error;
  }
}

/**
 * Where a file is damaged that the command has read itself; a service reports the places in its readiness.
 */
function damagedPlaces(error: unknown, options: CommonOptions): string[] {
  if (!(error instanceof DamagedDatabase)) return [];
  const { databaseUrl, dataDir } = configOf(options);
  if (databaseUrl !== undefined) return [];
  try {
    return quickCheck(databaseFile(dataDir));
  } catch {
    // The error itself says what is wrong.
    return [];
  }
}

function exitCodeOf(error: unknown): ExitCode {
  return error instanceof InvalidInput && error.code === 'request.invalid' ? EXIT.usage : EXIT.failed;
}

/** Whether the message is enough for the operator; a service logs the causes of its own failures. */
function isExplained(error: unknown): boolean {
  if (error instanceof Unexpected) return error.cause === undefined;
  return error instanceof StoreError || error instanceof StartRefused || isSystemError(error);
}

/** Whether the error is one of the disk or the network; a stack trace would not help the operator. */
function isSystemError(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^E[A-Z]+$/.test(code);
}
