import { resolve } from 'node:path';
import { readEnvironment, type Environment } from './environment.js';
import {
  hasRules,
  parseAge,
  parseMemoryAges,
  type RetentionPolicy,
} from './operations/retention/retention-policy.js';
import type { RetentionSettings } from './operations/retention/retention.js';
import type { Limits, Quotas } from './writer/quotas/quotas.js';

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
  /** Whether each request is logged: who, what and how it went, never what was said. */
  accessLog: boolean;
  /** Whether an npm script started this process. */
  startedByNpm: boolean;
  /** Most memory of all larger request bodies together, bytes. */
  bodyMemory: number;
  deadlines: Deadlines;
  callers: AllowedCallers;
  access: AccessConfig;
  /** Whether reads of persons are recorded, and for how many days the records are kept. */
  audit: { reads: boolean; keepDays: number };
  /** Undefined if nothing is limited. */
  quotas: Quotas | undefined;
  /** Most stores of tenants that are open at once, beside the default one. */
  maxOpenTenants: number;
  /** Files in PEM format; undefined for HTTP. */
  tls: { cert: string; key: string } | undefined;
  backups: BackupConfig;
  retention: RetentionSettings;
  /** Paths of the policies of contexts: the present one, then those of older receipts. */
  contextPolicies: readonly string[];
  /** Path of the word vectors that searches use. */
  wordVectors: string | undefined;
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

/** Whom the service asks for a key, and how much each caller may ask. */
export interface AccessConfig {
  /** Whether keys are asked for at all. */
  isOn: boolean;
  /** Whether only this machine reaches the service. */
  isLocal: boolean;
  /** Requests a minute; 0 for any number. */
  limits: { ofKey: number; withoutKey: number };
  /** Addresses and networks of the proxies that say on whose behalf they ask; empty for none. */
  proxies: string[];
}

/** When backups and restore drills run, and how many backups are kept. */
export interface BackupConfig {
  /** Cron expressions, UTC. */
  schedule: string | undefined;
  drillSchedule: string | undefined;
  continuous: boolean;
  /** Age recipients to which backups are encrypted; empty for none. */
  recipients: string[];
  keep: { newest: number; daily: number; weekly: number };
}

/** Reads and validates the environment. Throws StartRefused with a list of every invalid variable. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const checked = readEnvironment(env);
  return {
    port: Number(checked.PORT),
    host: checked.HOST,
    databaseUrl: env.DATABASE_URL || undefined,
    dataDir: resolve(checked.DATA_DIR),
    backupDir: resolve(checked.BACKUP_DIR),
    logLevel: checked.LOG_LEVEL,
    accessLog: checked.ACCESS_LOG === '1',
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
    access: accessOf(checked),
    audit: { reads: checked.AUDIT_READS === '1', keepDays: Number(checked.AUDIT_KEEP) },
    quotas: quotasOf(checked),
    maxOpenTenants: Number(checked.MAX_OPEN_TENANTS),
    tls: tlsOf(checked),
    backups: {
      schedule: checked.BACKUP_SCHEDULE || undefined,
      drillSchedule: checked.DRILL_SCHEDULE || undefined,
      continuous: checked.BACKUP_CONTINUOUS === '1',
      recipients: listOf(checked.BACKUP_RECIPIENT),
      keep: {
        newest: Number(checked.BACKUP_KEEP),
        daily: Number(checked.BACKUP_KEEP_DAILY),
        weekly: Number(checked.BACKUP_KEEP_WEEKLY),
      },
    },
    retention: retentionOf(checked),
    contextPolicies: checked.CONTEXT_POLICY === '' ? [] : checked.CONTEXT_POLICY.split(','),
    wordVectors: checked.WORD_VECTORS || undefined,
  };
}

function accessOf({
  AUTH,
  HOST,
  RATE_LIMIT,
  RATE_LIMIT_WITHOUT_KEY,
  TRUST_PROXY,
}: Environment): AccessConfig {
  return {
    isOn: AUTH === 'on',
    isLocal: isLoopback(HOST),
    limits: { ofKey: Number(RATE_LIMIT), withoutKey: Number(RATE_LIMIT_WITHOUT_KEY) },
    proxies: listOf(TRUST_PROXY),
  };
}

function quotasOf(checked: Environment): Quotas | undefined {
  const limitsOf = (whose: 'USER' | 'STORE'): Limits => ({
    eventsADay: Number(checked[`QUOTA_${whose}_EVENTS_A_DAY`]),
    memories: Number(checked[`QUOTA_${whose}_MEMORIES`]),
    bytes: Number(checked[`QUOTA_${whose}_BYTES`]),
  });
  const quotas = { user: limitsOf('USER'), store: limitsOf('STORE') };
  const isLimited = [quotas.user, quotas.store].some((limits) =>
    Object.values(limits).some((limit) => limit > 0),
  );
  return isLimited ? quotas : undefined;
}

/** When retention runs if only its rules are set: every night, after the hour in which backups mostly run. */
const NIGHTLY = '30 4 * * *';

function retentionOf(checked: Environment): RetentionSettings {
  const policy: RetentionPolicy = {
    ...ageOf('turns', checked.RETENTION_TURNS),
    ...ageOf('emotions', checked.RETENTION_EMOTIONS),
    ...ageOf('removed', checked.RETENTION_REMOVED),
    ...ageOf('users', checked.RETENTION_USERS),
  };
  const memories = parseMemoryAges(checked.RETENTION_MEMORIES);
  if (memories) policy.memories = memories;
  return { policy, schedule: hasRules(policy) ? checked.RETENTION_SCHEDULE || NIGHTLY : undefined };
}

function ageOf(rule: keyof RetentionPolicy, text: string): RetentionPolicy {
  const age = parseAge(text);
  return age === undefined ? {} : { [rule]: age };
}

function tlsOf({ TLS_CERT: cert, TLS_KEY: key }: Environment): Config['tls'] {
  return cert === '' ? undefined : { cert: resolve(cert), key: resolve(key) };
}

function listOf(text: string): string[] {
  return text === '' ? [] : text.toLowerCase().split(',');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
