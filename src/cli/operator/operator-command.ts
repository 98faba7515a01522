import { readFileSync } from 'node:fs';
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
import { keyIdOf } from '../../store/keys/token.js';
import { databaseFile, ownerOf } from '../../store/sqlite/data-folder.js';
import { quickCheck } from '../../store/sqlite/database-file.js';
import { isTenantName, DEFAULT_TENANT, TENANT_RULE } from '../../store/tenants/tenant-name.js';
import { ofTenant } from '../../store/tenants/tenant-place.js';
import { whyOf } from '../../why.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { Terminal } from './terminal.js';

export { EXIT, type ExitCode };

/**
 * What a command works on. It decides which of the common options the command has: an option that the command
 * could only ignore is wrong usage. `instance` is the default store with those of all tenants, and `store` that
 * of one tenant.
 */
export type Target = 'instance' | 'store' | 'backups' | 'service';

/** What the action of a command receives. */
export interface Operation {
  /** The settings of the tenant's store, or of the default one for a command on the instance. */
  config: Config;
  /** The tenant whose store is meant; undefined where only the key of a service says it. */
  tenant: string | undefined;
  /** Address of the service to use; undefined means the one that runs on the data folder, if any. */
  url: string | undefined;
  /** The token for that service; undefined if the caller has given none. */
  key: string | undefined;
  /** How the caller has named the backup folder: by an option or a variable; undefined if not at all. */
  backupDirBy: '--backup-dir' | 'BACKUP_DIR' | undefined;
  terminal: Terminal;
}

interface CommonOptions {
  json?: boolean;
  dataDir?: string;
  backupDir?: string;
  databaseUrl?: string;
  tenant?: string;
  url?: string;
  keyFile?: string;
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
    return [...optionsOf('instance'), tenantOption('the tenant whose store it is').env('EDGESOUL_TENANT')];
  if (target === 'instance')
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
    new Option('--key-file <file>', 'a file with a key for the service (or the key itself in EDGESOUL_KEY)'),
  ];
}

/** An option that names a tenant, and is undefined where none is named. */
export function tenantOption(description: string): Option {
  return new Option('--tenant <name>', description).argParser(parseTenant);
}

/** Returns the name of a tenant as it is. Throws InvalidArgumentError for what can be none. */
export function parseTenant(text: string): string {
  if (isTenantName(text)) return text;
  throw new InvalidArgumentError(`It ${TENANT_RULE}.`);
}

function parseUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new InvalidArgumentError('It must look like http://127.0.0.1:3000.');
}

function operationOf(options: CommonOptions, targets: readonly Target[], terminal: Terminal): Operation {
  const { url, backupDir } = options;
  const shared = configOf(options);
  // A command on the instance may have an option of its own with that name.
  const named = targets.includes('instance') ? undefined : options.tenant;
  const config = named === undefined ? shared : ofTenant(shared, named);
  const usesBackups = targets.includes('backups');
  const byVariable = usesBackups && process.env.BACKUP_DIR !== undefined ? 'BACKUP_DIR' : undefined;
  const backupDirBy = backupDir === undefined ? byVariable : '--backup-dir';
  const usesOwnFolder = usesBackups && url === undefined && backupDirBy === undefined;
  // Where nothing else was said, the backups of a store are those that its service makes.
  const serviceFolder = usesOwnFolder ? backupFolderOfService(config) : undefined;
  return {
    config: { ...config, backupDir: serviceFolder ?? config.backupDir },
    url,
    tenant: named ?? (url === undefined ? DEFAULT_TENANT : undefined),
    key: keyOf(options),
    backupDirBy,
    terminal,
  };
}

/** Not an option: other users of the machine see the options of a process. */
function keyOf({ keyFile }: CommonOptions): string | undefined {
  const [path, key] =
    keyFile === undefined
      ? ['EDGESOUL_KEY', process.env.EDGESOUL_KEY ?? '']
      : ['--key-file', readKeyFile(keyFile)];
  if (key === '' && keyFile === undefined) return undefined;
  if (keyIdOf(key) === undefined) throw InvalidInput.field(path, 'has no key of "edgesoul keys create"');
  return key;
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw InvalidInput.field('--key-file', `${file} cannot be read: ${whyOf(cause)}`);
  }
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
  const { databaseUrl, dataDir } = ofTenant(configOf(options), options.tenant ?? DEFAULT_TENANT);
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
