import { resolve } from 'node:path';
import { readConfig } from './config.js';
import { StartRefused } from './errors.js';
import { MEMORY_TYPES } from './events/memory/memory-formed.event.js';

/** Returns the message that the operator sees when the start is refused. */
function refusal(env: NodeJS.ProcessEnv): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof StartRefused) return error.message;
    throw error;
  }
  throw new Error('The environment was not refused.');
}

const MIB = 1024 * 1024;
const DEADLINES = { headersMs: 10_000, requestMs: 30_000, shutdownMs: 8_000 };
const ACCESS = { isOn: true, isLocal: true, limits: { ofKey: 0, withoutKey: 300 }, proxies: [] };
const BACKUPS = { continuous: false, recipients: [], keep: { newest: 7, daily: 7, weekly: 4 } };

describe('the settings', () => {
  it('all have defaults', () => {
    expect(readConfig({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      dataDir: resolve('data'),
      backupDir: resolve('backups'),
      logLevel: 'info',
      startedByNpm: false,
      bodyMemory: 128 * MIB,
      contextPolicies: [],
      wordVectors: undefined,
      deadlines: DEADLINES,
      callers: { hosts: [], origins: [] },
      access: ACCESS,
      accessLog: false,
      audit: { reads: false, keepDays: 365 },
      quotas: undefined,
      maxOpenTenants: 8,
      backups: BACKUPS,
      retention: { policy: {}, schedule: undefined },
    });
  });

  it('are read from the environment, with folders as absolute paths', () => {
    const env = {
      PORT: '0',
      HOST: '0.0.0.0',
      BODY_MEMORY: '16',
      DATA_DIR: 'elsewhere/data',
      BACKUP_DIR: '/var/backups',
      LOG_LEVEL: 'silent',
      WORD_VECTORS: 'words.vectors',
      PATH: '/bin',
      npm_lifecycle_event: 'start',
      port: '99',
    };
    expect(readConfig(env)).toEqual({
      port: 0,
      host: '0.0.0.0',
      dataDir: resolve('elsewhere/data'),
      backupDir: '/var/backups',
      logLevel: 'silent',
      startedByNpm: true,
      bodyMemory: 16 * MIB,
      contextPolicies: [],
      wordVectors: 'words.vectors',
      deadlines: DEADLINES,
      callers: { hosts: undefined, origins: [] },
      access: { ...ACCESS, isLocal: false },
      accessLog: false,
      audit: { reads: false, keepDays: 365 },
      quotas: undefined,
      maxOpenTenants: 8,
      backups: BACKUPS,
      retention: { policy: {}, schedule: undefined },
    });
  });

  it('include the backup settings', () => {
    const env = {
      BACKUP_SCHEDULE: '0 3 * * *',
      DRILL_SCHEDULE: '@weekly',
      BACKUP_CONTINUOUS: '1',
      BACKUP_KEEP: '3',
      BACKUP_KEEP_DAILY: '0',
      BACKUP_KEEP_WEEKLY: '8',
    };
    expect(readConfig(env).backups).toEqual({
      schedule: '0 3 * * *',
      drillSchedule: '@weekly',
      continuous: true,
      recipients: [],
      keep: { newest: 3, daily: 0, weekly: 8 },
    });
  });

  it('include how long clients and a stop may take, in seconds', () => {
    const env = { HEADERS_TIMEOUT: '3', REQUEST_TIMEOUT: '3', SHUTDOWN_TIMEOUT: '9999' };
    expect(readConfig(env).deadlines).toEqual({ headersMs: 3_000, requestMs: 3_000, shutdownMs: 9_999_000 });
  });

  it('include who may call: names and origins, in lower case', () => {
    const env = { ALLOWED_HOSTS: 'Memory.example.com,b', ALLOWED_ORIGINS: 'https://App.example.com:8443' };
    const callers = { hosts: ['memory.example.com', 'b'], origins: ['https://app.example.com:8443'] };
    expect(readConfig(env).callers).toEqual(callers);
    expect(readConfig({ ...env, HOST: '0.0.0.0' }).callers).toEqual(callers);
  });

  it.each(['127.0.0.1', 'localhost', '::1'])(
    'name no host but this machine when it listens on %s',
    (HOST) => {
      expect(readConfig({ HOST }).callers.hosts).toEqual([]);
    },
  );

  it('are refused when a name or an origin is none', () => {
    const message = refusal({ ALLOWED_HOSTS: 'https://x', ALLOWED_ORIGINS: 'app.example.com' });
    expect(message).toContain('ALLOWED_HOSTS="https://x": must be names like');
    expect(message).toContain('ALLOWED_ORIGINS="app.example.com": must be origins like');
  });

  it('include whom to ask for a key, how often each may ask, and how to be reached', () => {
    const env = {
      AUTH: 'off',
      HOST: '::',
      RATE_LIMIT: '600',
      RATE_LIMIT_WITHOUT_KEY: '0',
      TRUST_PROXY: '10.0.0.0/8,::1',
      TLS_CERT: 'server.crt',
      TLS_KEY: '/etc/server.key',
      ACCESS_LOG: '1',
    };
    expect(readConfig(env)).toMatchObject({
      access: {
        isOn: false,
        isLocal: false,
        limits: { ofKey: 600, withoutKey: 0 },
        proxies: ['10.0.0.0/8', '::1'],
      },
      tls: { cert: resolve('server.crt'), key: '/etc/server.key' },
      accessLog: true,
    });
  });

  it('include whether reads of persons are recorded, which needs keys', () => {
    expect(readConfig({}).audit).toEqual({ reads: false, keepDays: 365 });
    expect(readConfig({ AUDIT_READS: '1', AUDIT_KEEP: '30' }).audit).toEqual({ reads: true, keepDays: 30 });
    expect(refusal({ AUDIT_READS: '1', AUTH: 'off' })).toContain('AUDIT_READS: needs AUTH=on');
  });

  it('include to whom backups are encrypted, which this machine then cannot try to restore', () => {
    const recipient = `age1${'q'.repeat(58)}`;
    expect(readConfig({ BACKUP_RECIPIENT: recipient }).backups.recipients).toEqual([recipient]);
    expect(refusal({ BACKUP_RECIPIENT: 'age1' })).toContain('must be age recipients');
    expect(refusal({ BACKUP_RECIPIENT: recipient, DRILL_SCHEDULE: '0 3 * * *' })).toContain(
      'DRILL_SCHEDULE: drills',
    );
  });

  it('include how long what is kept, and look at it every night once a rule is set', () => {
    const day = 24 * 3_600_000;
    const env = {
      RETENTION_TURNS: '90d',
      RETENTION_EMOTIONS: '36h',
      RETENTION_MEMORIES: 'conversation=4w,fact=2y',
      RETENTION_REMOVED: '1d',
      RETENTION_USERS: '3y',
    };
    expect(readConfig(env).retention).toEqual({
      policy: {
        turns: 90 * day,
        emotions: 1.5 * day,
        memories: { conversation: 28 * day, fact: 730 * day },
        removed: day,
        users: 3 * 365 * day,
      },
      schedule: '30 4 * * *',
    });
    const memories = Object.fromEntries(MEMORY_TYPES.map((type) => [type, 365 * day]));
    expect(readConfig({ RETENTION_MEMORIES: '1y', RETENTION_SCHEDULE: '@weekly' }).retention).toEqual({
      policy: { memories },
      schedule: '@weekly',
    });
    expect(readConfig({ RETENTION_TURNS: '' }).retention).toEqual({ policy: {}, schedule: undefined });
    expect(refusal({ RETENTION_SCHEDULE: '0 4 * * *' })).toContain('RETENTION_SCHEDULE: needs a rule');
  });

  it.each(['RETENTION_TURNS', 'RETENTION_EMOTIONS', 'RETENTION_REMOVED', 'RETENTION_USERS'])(
    'are refused with an age that is none or below a day: %s',
    (name) => {
      for (const value of ['0d', '23h', '90', 'd', '1.5d', '-1d', '90 d', '1d,2d', 'forever'])
        expect(refusal({ [name]: value })).toContain(
          `${name}="${value}": must be a time of at least 1d, like 90d`,
        );
    },
  );

  it('are refused with ages of memories that are none, or of an unknown type', () => {
    for (const value of ['fact', 'fact=', 'facts=2y', 'fact=1h', 'fact=2y,fact=1y', 'fact=2y,', 'fact=1d=2d'])
      expect(refusal({ RETENTION_MEMORIES: value })).toContain(
        'types: preference, pattern, fact, conversation, emotional',
      );
  });

  it('include quotas, and know none when nothing is limited', () => {
    const none = { eventsADay: 0, memories: 0, bytes: 0 };
    const env = { QUOTA_USER_EVENTS_A_DAY: '5', QUOTA_USER_MEMORIES: '3', QUOTA_STORE_BYTES: '1000' };
    expect(readConfig(env).quotas).toEqual({
      user: { eventsADay: 5, memories: 3, bytes: 0 },
      store: { ...none, bytes: 1_000 },
    });
    expect(readConfig({ QUOTA_USER_BYTES: '0' }).quotas).toBeUndefined();
    expect(refusal({ QUOTA_STORE_MEMORIES: '-1' })).toContain('must be a whole number of at most 15 digits');
  });

  it.each([
    ['AUTH', ['', 'no', 'OFF']],
    ['ACCESS_LOG', ['', 'yes']],
    ['AUDIT_READS', ['', 'yes']],
    ['AUDIT_KEEP', ['', '0', '1.5']],
    ['RATE_LIMIT', ['', '-1', '1.5', '10/s']],
    ['RATE_LIMIT_WITHOUT_KEY', ['x']],
    ['TRUST_PROXY', ['proxy', '10.0.0.0/33', '10.0.0.0/', '1.2.3.4,', '::1/129', 'true']],
  ])('are refused when %s is none of what it may be', (name, values) => {
    for (const value of values) expect(refusal({ [name]: value })).toContain(`  ${name}="${value}": must be`);
  });

  it('are refused with a certificate without a key, or a key without a certificate', () => {
    for (const name of ['TLS_CERT', 'TLS_KEY'])
      expect(refusal({ [name]: 'file' })).toContain('TLS_CERT, TLS_KEY: name both files, or none');
  });

  it('are refused with a list of all invalid backup settings', () => {
    const message = refusal({
      BACKUP_SCHEDULE: 'at night',
      DRILL_SCHEDULE: '0 0 31 2 *',
      BACKUP_CONTINUOUS: 'yes',
      BACKUP_KEEP: '0',
      BACKUP_KEEP_DAILY: '-1',
    });
    for (const name of [
      'BACKUP_SCHEDULE="at night": must be a cron expression',
      'DRILL_SCHEDULE="0 0 31 2 *"',
      'BACKUP_CONTINUOUS="yes": must be 0 or 1',
      'BACKUP_KEEP="0"',
      'BACKUP_KEEP_DAILY="-1"',
    ])
      expect(message).toContain(name);
  });

  it.each(['1', '65535'])('accept port %s', (PORT) => {
    expect(readConfig({ PORT }).port).toBe(Number(PORT));
  });

  it('treat an empty DATABASE_URL as unset', () => {
    expect(readConfig({ DATABASE_URL: '' }).databaseUrl).toBeUndefined();
  });

  it.each(['postgresql://user:secret@db:5433/edgesoul?sslmode=verify-full', 'postgres://db/edgesoul'])(
    'accept the PostgreSQL URL %s',
    (url) => {
      expect(readConfig({ DATABASE_URL: url }).databaseUrl).toBe(url);
    },
  );
});

describe('invalid settings', () => {
  it.each(['', ' ', '65536', '-1', '3.5', '3000 ', '0x10', '1e3', 'http'])(
    'stop the start: port %j',
    (PORT) => {
      expect(refusal({ PORT })).toContain(`  PORT=${JSON.stringify(PORT)}: `);
    },
  );

  it.each(['HEADERS_TIMEOUT', 'REQUEST_TIMEOUT', 'SHUTDOWN_TIMEOUT'])(
    'stop the start: a %s that is not a number of seconds',
    (name) => {
      for (const value of ['0', '-1', '1.5', '10s', '', '10000'])
        expect(refusal({ [name]: value })).toContain(
          `  ${name}="${value}": must be a whole number of seconds`,
        );
    },
  );

  it('stop the start: a memory for bodies that does not hold one batch', () => {
    for (const value of ['', '0', '15', '1.5', '16MiB', '100000'])
      expect(refusal({ BODY_MEMORY: value })).toContain(`  BODY_MEMORY="${value}": must be a whole number`);
  });

  it('stop the start: headers that may take longer than the whole request', () => {
    expect(refusal({ HEADERS_TIMEOUT: '31' })).toContain('  HEADERS_TIMEOUT: must not be longer than');
  });

  it.each(['HOST', 'DATA_DIR', 'BACKUP_DIR'])('stop the start: an empty %s', (name) => {
    expect(refusal({ [name]: '' })).toContain(`  ${name}="": `);
  });

  it.each(['', 'verbose', 'INFO'])('stop the start: log level %j', (LOG_LEVEL) => {
    expect(refusal({ LOG_LEVEL })).toContain('fatal, error, warn, info, debug, trace, silent');
  });

  it.each(['mysql://localhost/edgesoul', 'postgresql://localhost', 'localhost/edgesoul', 'edgesoul'])(
    'stop the start: DATABASE_URL %j',
    (url) => {
      expect(refusal({ DATABASE_URL: url })).toContain(
        'DATABASE_URL: must look like postgresql://user:password@host:5432/database',
      );
    },
  );

  it('are listed together, one per line, without secrets', () => {
    const env = {
      PORT: 'http',
      HOST: '',
      DATA_DIR: '',
      BACKUP_DIR: '',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://user:secret@localhost/edgesoul',
    };
    const lines = refusal(env).split('\n');
    expect(lines[0]).toBe('The environment is not valid:');
    expect(lines.slice(1).map((line) => /^ {2}([A-Z_]+)/.exec(line)?.[1])).toEqual(Object.keys(env));
    expect(refusal(env)).not.toContain('secret');
  });
});
