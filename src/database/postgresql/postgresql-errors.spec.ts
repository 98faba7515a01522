import { DamagedDatabase, DatabaseLocked, DiskFailure, StoreError, Unavailable } from '../../errors.js';
import { translating, hintFor } from './postgresql-errors.js';

const coded = (code: string, message = 'what it says') => Object.assign(new Error(message), { code });

async function thrown(cause: unknown): Promise<unknown> {
  try {
    return await translating(async () => {
      throw cause;
    });
  } catch (error) {
    return error;
  }
}

describe('an error of PostgreSQL or its driver', () => {
  it.each<[string, string[]]>([
    ['the server stops, starts or is full', ['57P01', '57P03', '57014', '53300', '53100', '58000']],
    ['the user or the database does not exist', ['08006', '28P01', '28000', '3D000', '42501']],
    ['another transaction conflicts', ['40001', '40P01', '55P03', '25006']],
    ['a transaction took too long', ['25P03', '25P04']],
    ['the network fails', ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'EAI_AGAIN', 'ERR_STREAM_DESTROYED']],
    [
      'a certificate is invalid',
      ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ],
  ])('becomes Unavailable when %s', async (_what, codes) => {
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
  ])('becomes Unavailable by its message when it has no code: %s', async (message) => {
    expect(await thrown(new Error(message))).toBeInstanceOf(Unavailable);
  });

  it('becomes a failure of its own, not damage, for an I/O error', async () => {
    expect(await thrown(coded('58030'))).toMatchObject({
      status: 503,
      code: 'database.io-error',
      message: expect.not.stringMatching(/damaged|restore/),
    });
  });

  it.each(['XX001', 'XX002'])('becomes DamagedDatabase: %s', async (code) => {
    expect(await thrown(coded(code))).toBeInstanceOf(DamagedDatabase);
  });

  it.each(['53100', '58030', '58P01'])('becomes DiskFailure: %s', async (code) => {
    expect(await thrown(coded(code))).toBeInstanceOf(DiskFailure);
  });

  it('becomes DatabaseLocked only after a lock timeout', async () => {
    expect(await thrown(coded('55P03'))).toBeInstanceOf(DatabaseLocked);
    expect(await thrown(coded('40P01'))).not.toBeInstanceOf(DatabaseLocked);
  });

  it.each<[string, Error]>([
    ['a duplicate row', coded('23505')],
    ['no such table', coded('42P01')],
    ['no such column', coded('42703')],
    ['a value of the wrong type', coded('22P02')],
    ['a bug with a code of Node', coded('ERR_INVALID_ARG_TYPE')],
    ['a pool that was closed', new Error('Cannot use a pool after calling end on the pool')],
    ['a client that was closed', new Error('Client was closed and is not queryable')],
    ['two statements with one name', new Error('Prepared statements must be unique - "x" was used')],
    ['a bug', new TypeError('x is not a function')],
    [
      'a message that quotes a user',
      new SyntaxError('Unexpected token: "connection error, timeout expired"'),
    ],
  ])('stays unchanged when the program is at fault: %s', async (_what, error) => {
    expect(await thrown(error)).toBe(error);
  });

  it('is translated only once in nested attempts', async () => {
    const once = await thrown(new Error('Connection terminated unexpectedly'));
    expect(await thrown(once)).toBe(once);
    expect(once).toBeInstanceOf(StoreError);
  });

  it.each([
    ['28P01', 'password'],
    ['3D000', 'no such database'],
    ['ECONNREFUSED', 'nothing listens'],
  ])('has a hint for the operator: %s', (code, hint) => {
    expect(hintFor(coded(code))).toContain(hint);
    expect(hintFor(coded('00000'))).toBeUndefined();
  });
});
