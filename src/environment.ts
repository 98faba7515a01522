import { isIP } from 'node:net';
import { plainToInstance } from 'class-transformer';
import { IsIn, IsNotEmpty, IsPort, Matches, registerDecorator, validateSync } from 'class-validator';
import { Cron } from 'croner';
import { StartRefused } from './errors.js';
import {
  AGE_RULE,
  MEMORY_AGES_RULE,
  parseAge,
  parseMemoryAges,
} from './operations/retention/retention-policy.js';

const SECONDS = /^[1-9]\d{0,3}$/;
const SECONDS_MESSAGE = { message: 'must be a whole number of seconds, from 1 to 9999' };
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Accepts an empty text, and one that passes the check. */
function Checked(check: (text: string) => boolean, message: string): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name: 'checked',
      target: target.constructor,
      propertyName: propertyName as string,
      validator: {
        validate: (value) => value === '' || check(String(value)),
        defaultMessage: () => message,
      },
    });
}

const IsSchedule = (): PropertyDecorator =>
  Checked(isCronExpression, 'must be a cron expression like "0 3 * * *" (every day at 3:00 UTC)');

const IsAge = (): PropertyDecorator => Checked((text) => parseAge(text) !== undefined, AGE_RULE);

const IsQuota = (): PropertyDecorator =>
  Matches(/^\d{1,15}$/, { message: 'must be a whole number of at most 15 digits; 0 is any number' });

function isNetworkList(text: string): boolean {
  return text.split(',').every((network) => {
    const [, address = '', bits = '0'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
    return isIP(address) !== 0 && Number(bits) <= (isIP(address) === 4 ? 32 : 128);
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
export class Environment {
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

  /** Empty: backups are not encrypted. */
  @Matches(/^(age1[02-9ac-hj-np-z]{58}(,age1[02-9ac-hj-np-z]{58})*)?$/, {
    message: 'must be age recipients like age1…, with commas between them',
  })
  BACKUP_RECIPIENT = '';

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

  /** Empty: searches compare words only by their stems. */
  WORD_VECTORS = '';

  /** `off`: nobody is asked for a key, whatever keys there are. */
  @IsIn(['on', 'off'], { message: 'must be on or off' })
  AUTH = 'on';

  /** The default tenant is always open, and not counted. */
  @Matches(/^[1-9]\d{0,2}$/, { message: 'must be a whole number from 1 to 999' })
  MAX_OPEN_TENANTS = '8';

  @Matches(/^\d{1,7}$/, { message: 'must be a whole number of requests a minute, from 0 to 9999999' })
  RATE_LIMIT = '0';

  @Matches(/^\d{1,7}$/, { message: 'must be a whole number of requests a minute, from 0 to 9999999' })
  RATE_LIMIT_WITHOUT_KEY = '300';

  /** Empty: the address of the connection is that of the client. */
  @Checked(isNetworkList, 'must be addresses or networks like 10.0.0.0/8, with commas between them')
  TRUST_PROXY = '';

  /** Empty: HTTP. */
  TLS_CERT = '';

  TLS_KEY = '';

  @IsIn(['0', '1'], { message: 'must be 0 or 1' })
  ACCESS_LOG = '0';

  @IsIn(['0', '1'], { message: 'must be 0 or 1' })
  AUDIT_READS = '0';

  @Matches(/^[1-9]\d{0,3}$/, { message: 'must be a whole number of days, from 1 to 9999' })
  AUDIT_KEEP = '365';

  /** 0: no limit; so are those of the other quotas. */
  @IsQuota()
  QUOTA_USER_EVENTS_A_DAY = '0';

  @IsQuota()
  QUOTA_USER_MEMORIES = '0';

  @IsQuota()
  QUOTA_USER_BYTES = '0';

  @IsQuota()
  QUOTA_STORE_EVENTS_A_DAY = '0';

  @IsQuota()
  QUOTA_STORE_MEMORIES = '0';

  @IsQuota()
  QUOTA_STORE_BYTES = '0';

  /** Empty: kept for ever; so are those of the other rules of retention. */
  @IsAge()
  RETENTION_TURNS = '';

  @IsAge()
  RETENTION_EMOTIONS = '';

  @Checked((text) => parseMemoryAges(text) !== undefined, MEMORY_AGES_RULE)
  RETENTION_MEMORIES = '';

  @IsAge()
  RETENTION_REMOVED = '';

  @IsAge()
  RETENTION_USERS = '';

  @IsSchedule()
  RETENTION_SCHEDULE = '';

  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  LOG_LEVEL = 'info';
}

/** Reads the variables and checks them. Throws StartRefused with a list of every invalid one. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const names = Object.keys(new Environment());
  const variables = Object.fromEntries(
    names.filter((name) => env[name] !== undefined).map((name) => [name, env[name]]),
  );
  const checked = plainToInstance(Environment, { ...new Environment(), ...variables });
  const problems = [...problemsOfEach(checked, env), ...problemsTogether(checked)];
  if (problems.length > 0) throw new StartRefused(`The environment is not valid:\n${problems.join('\n')}`);
  return checked;
}

function problemsOfEach(checked: Environment, env: NodeJS.ProcessEnv): string[] {
  const problems = validateSync(checked).map(
    ({ property, constraints }) =>
      `  ${property}=${JSON.stringify(env[property])}: ${Object.values(constraints ?? {}).join(', ')}`,
  );
  // Without the value, which may contain a password.
  if (env.DATABASE_URL && !isPostgresql(env.DATABASE_URL))
    problems.push('  DATABASE_URL: must look like postgresql://user:password@host:5432/database');
  return problems;
}

function problemsTogether(checked: Environment): string[] {
  const problems: string[] = [];
  if (Number(checked.HEADERS_TIMEOUT) > Number(checked.REQUEST_TIMEOUT))
    problems.push('  HEADERS_TIMEOUT: must not be longer than REQUEST_TIMEOUT, which includes it');
  if ((checked.TLS_CERT === '') !== (checked.TLS_KEY === ''))
    problems.push('  TLS_CERT, TLS_KEY: name both files, or none');
  if (checked.BACKUP_RECIPIENT !== '' && checked.DRILL_SCHEDULE !== '')
    problems.push(
      '  DRILL_SCHEDULE: drills need the secret key of BACKUP_RECIPIENT; run "edgesoul restore --drill --identity-file" where it is',
    );
  if (checked.RETENTION_SCHEDULE !== '' && !hasRetention(checked))
    problems.push(
      '  RETENTION_SCHEDULE: needs a rule: RETENTION_TURNS, RETENTION_EMOTIONS, RETENTION_MEMORIES, RETENTION_REMOVED or RETENTION_USERS',
    );
  if (checked.AUDIT_READS === '1' && checked.AUTH === 'off')
    problems.push('  AUDIT_READS: needs AUTH=on, for without keys nobody knows who reads');
  return problems;
}

function hasRetention(checked: Environment): boolean {
  const { RETENTION_TURNS, RETENTION_EMOTIONS, RETENTION_MEMORIES, RETENTION_REMOVED, RETENTION_USERS } =
    checked;
  return [RETENTION_TURNS, RETENTION_EMOTIONS, RETENTION_MEMORIES, RETENTION_REMOVED, RETENTION_USERS].some(
    (rule) => rule !== '',
  );
}

function isPostgresql(url: string): boolean {
  const { protocol, hostname, pathname } = URL.parse(url) ?? {};
  return (
    (protocol === 'postgresql:' || protocol === 'postgres:') &&
    Boolean(hostname) &&
    (pathname ?? '').length > 1
  );
}
