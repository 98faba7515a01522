import { DamagedDatabase, DatabaseLocked, DiskFailure, StoreError, Unavailable } from '../../errors.js';
import { attempt, hintFor } from './postgresql-errors.js';

const coded = (code: string, message = 'what it says') => Object.assign(new Error(message), { code });

async function thrown(cause: unknown): Promise<unknown> {
  try {
    return await attempt(async () => {
      throw cause;
    });
  } catch (error) {
    return error;
  }
}

describe('an error of PostgreSQL or its driver', () => {
  it.each<[string, string[]]>([
    ['it is stopping, starting or full', ['57P01', '57P03', '57014', '53300', '53100', '58030']],
    ['the user or database is not there', ['08006', '28P01', '28000', '3D000', '42501']],
    ['another transaction is in the way', ['40001', '40P01', '55P03', '25006']],
    ['a transaction took too long', ['25P03', '25P04']],
    ['the network', ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'EAI_AGAIN', 'ERR_STREAM_DESTROYED']],
    ['a certificate', ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID']],
  ])('is Unavailable: %s', async (_what, codes) => {
    for (const error of codes.map((code) => coded(code)))
      expect(await thrown(error)).toMatchObject({ status: 503, code: 'database.unavailable', cause: error });
  });

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
    'The server does not support SSL connections',
    'There was an error establishing an SSL connection',
    'Received unexpected dataRow message from backend.',
  ])('is Unavailable, without a code: %s', async (message) => {
    expect(await thrown(new Error(message))).toBeInstanceOf(Unavailable);
  });

  it.each(['XX001', 'XX002'])('is DamagedDatabase: %s', async (code) => {
    expect(await thrown(coded(code))).toBeInstanceOf(DamagedDatabase);
  });

  it.each(['53100', '58030', '58P01'])('is DiskFailure: %s', async (code) => {
    expect(await thrown(coded(code))).toBeInstanceOf(DiskFailure);
  });

  it('is DatabaseLocked when others held a lock for too long, and only then', async () => {
    expect(await thrown(coded('55P03'))).toBeInstanceOf(DatabaseLocked);
    expect(await thrown(coded('40P01'))).not.toBeInstanceOf(DatabaseLocked);
  });

  it.each<[string, Error]>([
    ['a row that is there already', coded('23505')],
    ['no such table', coded('42P01')],
    ['no such column', coded('42703')],
    ['a value of another type', coded('22P02')],
    ['a bug that node names', coded('ERR_INVALID_ARG_TYPE')],
    ['a pool that we have closed', new Error('Cannot use a pool after calling end on the pool')],
    ['a client that we have closed', new Error('Client was closed and is not queryable')],
    ['two statements of one name', new Error('Prepared statements must be unique - "x" was used')],
    ['a bug', new TypeError('x is not a function')],
    ['text of a user in a message', new SyntaxError('Unexpected token: "connection error, timeout expired"')],
  ])('is a fault of the program, and stays as it is: %s', async (_what, error) => {
    expect(await thrown(error)).toBe(error);
  });

  it('is translated once, however many attempts are nested', async () => {
    const once = await thrown(new Error('Connection terminated unexpectedly'));
    expect(await thrown(once)).toBe(once);
    expect(once).toBeInstanceOf(StoreError);
  });

  it.each([
    ['28P01', 'password'],
    ['3D000', 'no such database'],
    ['ECONNREFUSED', 'nothing listens'],
  ])('comes with a hint for the operator: %s', (code, hint) => {
    expect(hintFor(coded(code))).toContain(hint);
    expect(hintFor(coded('00000'))).toBeUndefined();
  });
});
