import { Client, Pool, types, type ClientConfig } from 'pg';

/** Longest time that a read may take before its connection is abandoned, ms. */
const READ_TIMEOUT_MS = 30_000;
/** The same for the writer, ms. The server's own limit is lower; only an unreachable one takes so long. */
const WRITE_TIMEOUT_MS = 45_000;
/** Oid of bigint, which is read as a number: every value stored here is below 2^53. */
const INT8_OID = 20;
/** Longest time that a connection attempt may take before the command is answered with 503, ms. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Idle time after which TCP keep-alive probes begin, ms. */
const KEEP_ALIVE_DELAY_MS = 10_000;

/**
 * Opens a pool of at most `max` connections, which are opened on demand and replaced when broken. With
 * `pipeline`, a connection sends queries without waiting for earlier results: independent queries cost one
 * round trip together.
 */
export function openPool(url: string, max: number, { pipeline = false } = {}): Pool {
  const pool = new Pool({
    ...settings(url),
    max,
    pipeline,
    // Not the server's statement_timeout, which a pooler refuses as a startup parameter.
    query_timeout: pipeline ? WRITE_TIMEOUT_MS : READ_TIMEOUT_MS,
  });
  // A connection may break at any time. Its query then fails, and the next one gets a new connection; without
  // a listener, the error event would end the process.
  pool.on('error', nothing);
  pool.on('connect', (client) => client.on('error', nothing));
  return pool;
}

/** Creates a client with a session of its own, named after its purpose; it is not connected yet. */
export function openClient(url: string, purpose: string): Client {
  const client = new Client({
    ...settings(url),
    application_name: `edgesoul-store ${purpose}`,
    query_timeout: READ_TIMEOUT_MS,
  });
  client.on('error', nothing);
  return client;
}

function settings(url: string): ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    application_name: 'edgesoul-store',
    types: {
      getTypeParser: ((oid: number, format: 'text') =>
        oid === INT8_OID ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  };
}

const nothing = (): void => undefined;

/**
 * Begins a transaction that only holds a lock, for any length of time. It keeps no snapshot, which would stop
 * vacuum from removing old rows, and has no timeout, which would end it.
 */
export const BEGIN_LOCK_ONLY = `begin isolation level read committed;
  set local statement_timeout = 0;
  set local lock_timeout = 0;
  set local idle_in_transaction_session_timeout = 0;
  select set_config(name, '0', true) from pg_settings where name = 'transaction_timeout'`;
