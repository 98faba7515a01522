import { Client, Pool, types, type ClientConfig } from 'pg';

/** How long a read may take before its connection is given up. */
const READ_MS = 30_000;
/** The same for the writer's statements, which the server limits to less: longer only when it is not reached any more. */
const WRITE_MS = 45_000;
/** The oid of bigint: all of ours are whole numbers below 2^53. */
const INT8 = 20;
/** How long a connection attempt may take before the command is answered with 503. */
const CONNECT_MS = 5_000;
/** Silence after which the network asks whether the other side is still there. */
const IDLE_MS = 10_000;

/**
 * At most `max` connections to the database; they are made when needed and mended when broken. With `pipeline` a
 * connection sends queries without waiting for the answers to those before: one round trip for all that are independent.
 */
export function openPool(url: string, max: number, { pipeline = false } = {}): Pool {
  const pool = new Pool({
    ...settings(url),
    max,
    pipeline,
    // Not the server's statement_timeout, which a pooler would refuse at the start of a connection.
    query_timeout: pipeline ? WRITE_MS : READ_MS,
  });
  // A connection may break at any time. Its user learns it from the query, and the next one gets another; without a
  // listener it would end the process.
  pool.on('error', nothing);
  pool.on('connect', (client) => client.on('error', nothing));
  return pool;
}

/** A connection outside of any pool, called after its purpose, for a session of its own; not connected yet. */
export function openClient(url: string, purpose: string): Client {
  const client = new Client({
    ...settings(url),
    application_name: `edgesoul-store ${purpose}`,
    query_timeout: READ_MS,
  });
  client.on('error', nothing);
  return client;
}

function settings(url: string): ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: IDLE_MS,
    application_name: 'edgesoul-store',
    types: {
      getTypeParser: ((oid: number, format: 'text') =>
        oid === INT8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  };
}

const nothing = (): void => undefined;

/**
 * Begins a transaction that only holds a lock, for as long as it takes: without a snapshot that would keep old rows, and
 * without a limit that would end it.
 */
export const BEGIN_HOLDING = `begin isolation level read committed;
  set local statement_timeout = 0;
  set local lock_timeout = 0;
  set local idle_in_transaction_session_timeout = 0;
  select set_config(name, '0', true) from pg_settings where name = 'transaction_timeout'`;
