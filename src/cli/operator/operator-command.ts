import { Command } from 'commander';
import { readConfig, type Config } from '../../config.js';
import { InvalidInput, StartRefused, StoreError, Unexpected } from '../../errors.js';
import { Terminal } from './terminal.js';

/** What scripts may rely on. */
export const EXIT = { done: 0, failed: 1, usage: 2, differences: 3 } as const;
/** With what a command ends. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What every command of the operator works with. */
export interface Operation {
  config: Config;
  /** Address of a service to ask; undefined: the one that runs on the data folder, if one does. */
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

/** A command with what all of them have: `--json`, where the store is, examples, and an exit code. The action asks the command for its own options. */
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
    .option('--url <url>', 'ask the service at this address')
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`)
    .action(async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      const options = command.opts<CommonOptions>();
      const terminal = new Terminal(options.json ?? false);
      try {
        const config = configOf(options);
        process.exitCode = await action({ config, url: options.url, terminal }, command);
      } catch (error) {
        process.exitCode =
          error instanceof InvalidInput && error.code === 'request.invalid' ? EXIT.usage : EXIT.failed;
        terminal.failed(error);
        if (!isForeseen(error)) throw error;
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

/** Whether the message says all; what a service failed with is in the log of the service. */
function isForeseen(error: unknown): boolean {
  if (error instanceof Unexpected) return error.cause === undefined;
  return error instanceof StoreError || error instanceof StartRefused || isOfMachine(error);
}

/** The disk or the network refused: where in the program that happened helps nobody. */
function isOfMachine(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^E[A-Z]+$/.test(code);
}
