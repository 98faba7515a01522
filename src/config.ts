import { resolve } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { IsIn, IsNotEmpty, IsPort, validateSync } from 'class-validator';
import { StartRefused } from './errors.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

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

  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  LOG_LEVEL = 'info';
}

/** The service's settings, checked. */
export interface Config {
  port: number;
  host: string;
  /** Address of a PostgreSQL database, with its password; undefined for the SQLite file of the data folder. */
  databaseUrl: string | undefined;
  /** Absolute; holds `edgesoul.db`, unless the store is in PostgreSQL. */
  dataDir: string;
  /** Absolute. */
  backupDir: string;
  logLevel: string;
}

/** Reads and checks the environment once; throws StartRefused with one list of everything that is wrong. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const names = Object.keys(new Environment());
  const given = Object.fromEntries(
    names.filter((name) => env[name] !== undefined).map((name) => [name, env[name]]),
  );
  const checked = plainToInstance(Environment, { ...new Environment(), ...given });
  const problems = validateSync(checked).map(
    ({ property, constraints }) =>
      `  ${property}=${JSON.stringify(env[property])}: ${Object.values(constraints ?? {}).join(', ')}`,
  );
  if (env.DATABASE_URL && !isPostgresql(env.DATABASE_URL)) {
    // Not the value itself: it may hold a password.
    problems.push('  DATABASE_URL: must look like postgresql://user:password@host:5432/database');
  }
  if (problems.length > 0) throw new StartRefused(`The environment is not valid:\n${problems.join('\n')}`);
  return {
    port: Number(checked.PORT),
    host: checked.HOST,
    databaseUrl: env.DATABASE_URL || undefined,
    dataDir: resolve(checked.DATA_DIR),
    backupDir: resolve(checked.BACKUP_DIR),
    logLevel: checked.LOG_LEVEL,
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
