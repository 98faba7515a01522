import type { FastifyRequest } from 'fastify';
import { refusalOf } from '../../test/support/refusal.js';
import { commandContext } from './command-context.js';

const id = '0195c9a0-7b3e-7000-8000-000000000001';
const contextOf = (headers: Record<string, string>) =>
  commandContext({ headers, id, caller: null } as unknown as FastifyRequest);

describe('a command context', () => {
  it('takes the request id as the command id when there are no headers', () => {
    expect(contextOf({})).toEqual({ actor: 'api', commandId: id });
  });

  it('takes the correlation id that the client sends', () => {
    expect(contextOf({ 'x-correlation-id': id })).toEqual({ actor: 'api', correlationId: id });
  });

  it.each([
    ['"3"', 3],
    [' "0" ', 0],
    ['W/"12"', 12],
    ['*', 'exists'],
  ])('with If-Match: %s expects version %s', (header, expected) => {
    expect(contextOf({ 'if-match': header }).expected).toBe(expected);
  });

  it('with If-None-Match: * expects a stream without events', () => {
    expect(contextOf({ 'if-none-match': ' * ' }).expected).toBe('none');
  });

  it.each(['3', '""', '"-1"', '"1.5"', '"3", "4"', '"1234567890123456"', 'abc', ''])(
    'is refused when If-Match is %j',
    (header) => {
      expect(refusalOf(() => contextOf({ 'if-match': header })).errors).toEqual([
        { path: 'If-Match', message: 'must be a version in quotes, like "3", or *' },
      ]);
    },
  );

  it.each(['"3"', 'x', '', '*, "3"'])('is refused when If-None-Match is %j', (header) => {
    expect(refusalOf(() => contextOf({ 'if-none-match': header })).errors).toEqual([
      { path: 'If-None-Match', message: 'must be *' },
    ]);
  });

  it('is refused when it has both If-Match and If-None-Match', () => {
    expect(refusalOf(() => contextOf({ 'if-match': '"3"', 'if-none-match': '*' })).errors).toEqual([
      { path: 'If-None-Match', message: 'must not be sent with If-Match' },
    ]);
  });

  it('takes an idempotency key of 1 to 255 characters', () => {
    expect(contextOf({ 'idempotency-key': 'k' }).idempotencyKey).toBe('k');
    expect(contextOf({ 'idempotency-key': 'k'.repeat(255) }).idempotencyKey).toHaveLength(255);
  });

  it.each(['', 'k'.repeat(256)])('is refused when the idempotency key is %j', (key) => {
    expect(refusalOf(() => contextOf({ 'idempotency-key': key })).errors).toEqual([
      { path: 'Idempotency-Key', message: 'must have 1 to 255 characters' },
    ]);
  });
});
