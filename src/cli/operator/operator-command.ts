import { Command } from 'commander';
import { readConfig, type Config } from '../../config.js';
import { InvalidInput, StartRefused, StoreError, Unexpected } from '../../errors.js';
import { Terminal } from './terminal.js';

/** The exit codes of every command; scripts rely on them. */
export const EXIT = { done: 0, failed: 1, usage: 2, differences: 3 } as const;
/** The exit code of a command. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What the action of a command receives. */
export interface Operation {
  config: Config;
  /** Address of the service to use; undefined means the one that runs on the data folder, if any. */
  url: string | undefined;
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
 * Creates a command with what all commands share: `--json`, the options for where the store is, examples and
 * an exit code. The action reads its own options from the command.
 */
export function operatorCommand(
  name: string,
  description: string,
  {
    examples,
    action,
  }: {
    examples: string[];
    action: (operation: Operation, command: Command) => Promise<ExitCode>;
  },
): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print the result as JSON, and no progress')
    .option('--data-dir <folder>', 'the data folder (DATA_DIR, ./data)')
    .option('--backup-dir <folder>', 'where backups are (BACKUP_DIR, ./backups)')
    .option('--database-url <url>', 'a PostgreSQL database instead of the data folder (DATABASE_URL)')
    .option('--url <url>', 'use the service at this address')
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`)
    .action(async (...args: unknown[]) => {
      const command = args.at(-1) as Command;
      const options = command.opts<CommonOptions>();
      const terminal = new Terminal(options.json ?? false);
      try {
        const config = configOf(options);
        process.exitCode = await action({ config, url: options.url, terminal }, command);
      } catch (error) {
        process.exitCode =
          error instanceof InvalidInput && error.code === 'request.invalid' ? EXIT.usage : EXIT.failed;
        terminal.failed(error);
        if (!isExplained(error)) throw error;
      } finally {
        terminal.close();
      }
    });
}

function configOf({ dataDir, backupDir, databaseUrl }: CommonOptions): Config {
  return readConfig({
    ...process.env,
    ...(dataDir !== undefined && { DATA_DIR: dataDir, DATABASE_URL: databaseUrl ?? '' }),
    ...(backupDir !== undefined && { BACKUP_DIR: backupDir }),
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
  });
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
