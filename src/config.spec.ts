import { resolve } from 'node:path';
import { readConfig } from './config.js';
import { StartRefused } from './errors.js';

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
const BACKUPS = { continuous: false, keep: { newest: 7, daily: 7, weekly: 4 } };

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
      deadlines: DEADLINES,
      callers: { hosts: [], origins: [] },
      backups: BACKUPS,
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
      deadlines: DEADLINES,
      callers: { hosts: undefined, origins: [] },
      backups: BACKUPS,
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
