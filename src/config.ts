import { resolve } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { IsIn, IsNotEmpty, IsPort, Matches, registerDecorator, validateSync } from 'class-validator';
import { Cron } from 'croner';
import { StartRefused } from './errors.js';

const SECONDS = /^[1-9]\d{0,3}$/;
const SECONDS_MESSAGE = { message: 'must be a whole number of seconds, from 1 to 9999' };
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Accepts a cron expression or an empty text. */
function IsSchedule(): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name: 'isSchedule',
      target: target.constructor,
      propertyName: propertyName as string,
      validator: {
        validate: (value) => value === '' || isCronExpression(String(value)),
        defaultMessage: () => 'must be a cron expression like "0 3 * * *" (every day at 3:00 UTC)',
      },
    });
}

function isCronExpression(text: string): boolean {
  try {
    return new Cron(text, { paused: true, timezone: 'UTC' }).nextRun() !== null;
  } catch {
    return false;
  }
}

/** The environment variables that the service reads, with their defaults. */
class Environment {
  /** 0 takes any free port. */
  @IsPort({ message: 'must be a whole number from 0 to 65535' })
  PORT = '3000';

  @IsNotEmpty({ message: 'must not be empty' })
  HOST = '127.0.0.1';

  @IsNotEmpty({ message: 'must not be empty' })
  DATA_DIR = './data';

  @IsNotEmpty({ message: 'must not be empty' })
  BACKUP_DIR = './backups';

  /** Empty: no scheduled backups. */
  @IsSchedule()
  BACKUP_SCHEDULE = '';

  @IsIn(['0', '1'], { message: 'must be 0 or 1' })
  BACKUP_CONTINUOUS = '0';

  @Matches(/^[1-9]\d{0,3}$/, { message: 'must be a whole number from 1 to 9999' })
  BACKUP_KEEP = '7';

  @Matches(/^\d{1,4}$/, { message: 'must be a whole number from 0 to 9999' })
  BACKUP_KEEP_DAILY = '7';

  @Matches(/^\d{1,4}$/, { message: 'must be a whole number from 0 to 9999' })
  BACKUP_KEEP_WEEKLY = '4';

  /** Empty: no scheduled restore drills. */
  @IsSchedule()
  DRILL_SCHEDULE = '';

  /** At least one batch. */
  @Matches(/^(1[6-9]|[2-9]\d|[1-9]\d{2,4})$/, {
    message: 'must be a whole number of MiB, from 16 to 99999',
  })
  BODY_MEMORY = '128';

  @Matches(SECONDS, SECONDS_MESSAGE)
  HEADERS_TIMEOUT = '10';

  @Matches(SECONDS, SECONDS_MESSAGE)
  REQUEST_TIMEOUT = '30';

  /** Shorter than the 10 s after which Docker kills a container. */
  @Matches(SECONDS, SECONDS_MESSAGE)
  SHUTDOWN_TIMEOUT = '8';

  /** Empty: only the names of this machine, see `allowed.hosts`. */
  @Matches(/^([a-z0-9.-]+(,[a-z0-9.-]+)*)?$/i, {
    message: 'must be names like memory.example.com, with commas between them',
  })
  ALLOWED_HOSTS = '';

  /** Empty: only pages that the service itself served. */
  @Matches(/^(https?:\/\/[^/,\s]+(,https?:\/\/[^/,\s]+)*)?$/i, {
    message: 'must be origins like https://app.example.com, with commas between them',
  })
  ALLOWED_ORIGINS = '';

  /** Empty: the built-in policy. */
  @Matches(/^([^,]+(,[^,]+)*)?$/, { message: 'must be paths of files, with commas between them' })
  CONTEXT_POLICY = '';

  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  LOG_LEVEL = 'info';
}

/** The validated settings of the service. */
export interface Config {
  port: number;
  host: string;
  /** URL of the PostgreSQL database, with its password; undefined for the SQLite file in `dataDir`. */
  databaseUrl: string | undefined;
  /** Absolute path; contains `edgesoul.db` unless the store is in PostgreSQL. */
  dataDir: string;
  /** Absolute path. */
  backupDir: string;
  logLevel: string;
  /** Whether an npm script started this process. */
  startedByNpm: boolean;
  /** Most memory of all larger request bodies together, bytes. */
  bodyMemory: number;
  deadlines: Deadlines;
  callers: AllowedCallers;
  backups: BackupConfig;
  /** Paths of the policies of contexts: the present one, then those of older receipts. */
  contextPolicies: readonly string[];
}

/**
 * How long clients may take to send the headers and the whole of a request, and how long a stop may take, ms.
 */
export interface Deadlines {
  headersMs: number;
  requestMs: number;
  shutdownMs: number;
}

/** Who may call beside clients that are no browsers, all in lower case. */
export interface AllowedCallers {
  /**
   * Names by which the service may be called; undefined for any name. A service that listens on a loopback
   * address only always has a list, possibly an empty one: addresses and names without a dot are allowed
   * without being in it.
   */
  hosts: readonly string[] | undefined;
  /** Origins of browser pages that may change something, beside those that the service itself serves. */
  origins: readonly string[];
}

/** When backups and restore drills run, and how many backups are kept. */
export interface BackupConfig {
  /** Cron expressions, UTC. */
  schedule: string | undefined;
  drillSchedule: string | undefined;
  continuous: boolean;
  keep: { newest: number; daily: number; weekly: number };
}

/** Reads and validates the environment. Throws StartRefused with a list of every invalid variable. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const names = Object.keys(new Environment());
  const variables = Object.fromEntries(
    names.filter((name) => env[name] !== undefined).map((name) => [name, env[name]]),
  );
  const checked = plainToInstance(Environment, { ...new Environment(), ...variables });
  const problems = validateSync(checked).map(
    ({ property, constraints }) =>
      `  ${property}=${JSON.stringify(env[property])}: ${Object.values(constraints ?? {}).join(', ')}`,
  );
  if (env.DATABASE_URL && !isPostgresql(env.DATABASE_URL)) {
    // Without the value, which may contain a password.
    problems.push('  DATABASE_URL: must look like postgresql://user:password@host:5432/database');
  }
  if (Number(checked.HEADERS_TIMEOUT) > Number(checked.REQUEST_TIMEOUT))
    problems.push('  HEADERS_TIMEOUT: must not be longer than REQUEST_TIMEOUT, which includes it');
  if (problems.length > 0) throw new StartRefused(`The environment is not valid:\n${problems.join('\n')}`);
  return {
    port: Number(checked.PORT),
    host: checked.HOST,
    databaseUrl: env.DATABASE_URL || undefined,
    dataDir: resolve(checked.DATA_DIR),
    backupDir: resolve(checked.BACKUP_DIR),
    logLevel: checked.LOG_LEVEL,
    startedByNpm: env.npm_lifecycle_event !== undefined,
    bodyMemory: Number(checked.BODY_MEMORY) * 1024 * 1024,
    deadlines: {
      headersMs: Number(checked.HEADERS_TIMEOUT) * 1_000,
      requestMs: Number(checked.REQUEST_TIMEOUT) * 1_000,
      shutdownMs: Number(checked.SHUTDOWN_TIMEOUT) * 1_000,
    },
    callers: {
      hosts: checked.ALLOWED_HOSTS || isLoopback(checked.HOST) ? listOf(checked.ALLOWED_HOSTS) : undefined,
      origins: listOf(checked.ALLOWED_ORIGINS),
    },
    backups: {
      schedule: checked.BACKUP_SCHEDULE || undefined,
      drillSchedule: checked.DRILL_SCHEDULE || undefined,
      continuous: checked.BACKUP_CONTINUOUS === '1',
      keep: {
        newest: Number(checked.BACKUP_KEEP),
        daily: Number(checked.BACKUP_KEEP_DAILY),
        weekly: Number(checked.BACKUP_KEEP_WEEKLY),
      },
    },
    contextPolicies: checked.CONTEXT_POLICY === '' ? [] : checked.CONTEXT_POLICY.split(','),
  };
}

function isPostgresql(url: string): boolean {
  const { protocol, hostname, pathname } = URL.parse(url) ?? {};
  return (
    (protocol === 'postgresql:' || protocol === 'postgres:') &&
    Boolean(hostname) &&
    (pathname ?? '').length > 1
  );
}

function listOf(text: string): string[] {
  return text === '' ? [] : text.toLowerCase().split(',');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
