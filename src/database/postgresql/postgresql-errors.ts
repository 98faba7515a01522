import { DamagedDatabase, DatabaseLocked, DiskFailure, StoreError, Unavailable } from '../../errors.js';
import { ioFailure } from '../io-failure.js';

/** SQLSTATEs of a database that serves nobody now, or not this user: the same request may succeed later. */
const TRANSIENT = /^(08|25006|25P0[34]|28|3D|40001|40P01|42501|53|55P03|57|58|XX)/;
/** SQLSTATEs of damaged pages or indexes. */
const DAMAGED = /^XX00[12]$/;
/** SQLSTATEs of a full disk, or another failure of the server's system. */
const DISK = /^(53100|58)/;
/** SQLSTATE of an I/O error. */
const IO = '58030';
/** SQLSTATE of a lock that was not released within this connection's lock timeout. */
const LOCKED = '55P03';
/** Node's error codes for a failure of the network or of TLS. */
const NETWORK = /^(E[A-Z]+|EAI_AGAIN|ERR_(STREAM|SOCKET|SSL|TLS)_\w+|\w*CERT\w*|UNABLE_TO_\w+)$/;
/** The driver's messages, which have no code, about a connection that failed to open or broke. */
const DRIVER_MESSAGES = new RegExp(
  [
    'Connection terminated',
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Query read timeout',
    'Client has encountered a connection error',
    'The server does not support SSL',
    'There was an error establishing an SSL connection',
    String.raw`Received unexpected \w+ message from backend`,
  ]
    .map((start) => `^${start}`)
    .join('|'),
);

/** Translates an error of the server, network or driver into a StoreError; returns others unchanged. */
function translated(error: unknown): unknown {
  if (error instanceof StoreError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code !== 'string')
    return DRIVER_MESSAGES.test(String(message)) ? Unavailable.database(error) : error;
  if (DAMAGED.test(code)) return DamagedDatabase.because(error);
  if (code === IO) return ioFailure(error);
  if (DISK.test(code)) return DiskFailure.database(error);
  if (code === LOCKED) return DatabaseLocked.database(error);
  return TRANSIENT.test(code) || NETWORK.test(code) ? Unavailable.database(error) : error;
}

/** Runs the work and translates the errors of PostgreSQL into StoreErrors. */
export async function translating<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translated(error);
  }
}

/** What an operator can do about an unusable database, by error code. */
const HINTS: Record<string, string> = {
  '28P01': 'the password is wrong; check the user and password in DATABASE_URL',
  '28000':
    'the server refuses this user, this host or an unencrypted connection; check pg_hba.conf, or encrypt with ?sslmode=verify-full in DATABASE_URL',
  '3D000': 'there is no such database; create it (docs/operations.md has the statements)',
  '42501':
    'the user may not create tables; grant it rights on the schema (docs/operations.md has the statements)',
  '53300': 'it already has too many connections',
  ECONNREFUSED: 'nothing listens there; check that the server runs and that host and port are right',
  ENOTFOUND: 'the host does not exist',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ETIMEDOUT: 'it does not answer',
};

/** Returns a short hint for the operator; undefined for an unknown error code. */
export function hintFor(cause: unknown): string | undefined {
  return HINTS[String((cause as { code?: unknown }).code)];
}
