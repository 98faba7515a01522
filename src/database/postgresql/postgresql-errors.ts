import { DamagedDatabase, DatabaseLocked, DiskFailure, StoreError, Unavailable } from '../../errors.js';

/** The database cannot serve now, or not this user, whatever was asked: the same request may succeed later. */
const PASSING = /^(08|25006|25P0[34]|28|3D|40001|40P01|42501|53|55P03|57|58|XX)/;
/** Pages or indexes are not what was written. */
const DAMAGED = /^XX00[12]$/;
/** The disk is full, or does not take or give what it should. */
const DISK = /^(53100|58)/;
/** Others held a lock for longer than this connection waits. */
const LOCKED = '55P03';
/** The network failed, or its encryption. */
const NETWORK = /^(E[A-Z]+|EAI_AGAIN|ERR_(STREAM|SOCKET|SSL|TLS)_\w+|\w*CERT\w*|UNABLE_TO_\w+)$/;
/** The driver's sentences, without codes, about a connection that cannot be made, broke, or had broken before. */
const DRIVER = new RegExp(
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

/** What the server, the network or the driver reported, as one of the service's own errors; anything else as it is. */
function translated(error: unknown): unknown {
  if (error instanceof StoreError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code !== 'string') return DRIVER.test(String(message)) ? Unavailable.database(error) : error;
  if (DAMAGED.test(code)) return DamagedDatabase.because(error);
  if (DISK.test(code)) return DiskFailure.database(error);
  if (code === LOCKED) return DatabaseLocked.database(error);
  return PASSING.test(code) || NETWORK.test(code) ? Unavailable.database(error) : error;
}

/** Runs the work; throws what PostgreSQL reports as one of the service's own errors. */
export async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translated(error);
  }
}

/** What an operator can do about a database that cannot be used, by the code of the error. */
const HINTS: Record<string, string> = {
  '28P01': 'the password is wrong; check the user and password in DATABASE_URL',
  '28000':
    'the user may not connect so; check pg_hba.conf, or encrypt with ?sslmode=verify-full in DATABASE_URL',
  '3D000': 'there is no such database; create it (docs/operations.md has the statements)',
  '42501': 'the user may not create tables; grant it the schema (docs/operations.md has the statements)',
  '53300': 'it has too many connections already',
  ECONNREFUSED: 'nothing listens there; is it running, and are host and port right?',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ETIMEDOUT: 'it does not answer',
};

/** What an operator can do about it, in a few words; undefined where nothing is known. */
export function hintFor(cause: unknown): string | undefined {
  return HINTS[String((cause as { code?: unknown }).code)];
}
