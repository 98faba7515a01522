import type { FastifyRequest } from 'fastify';
import { refusalOf } from '../../test/support/refusal.js';
import { commandContext } from './command-context.js';

const id = '0195c9a0-7b3e-7000-8000-000000000001';
const contextOf = (headers: Record<string, string>) =>
  commandContext({ headers, id } as unknown as FastifyRequest);

describe('what the headers say about a command', () => {
  it('is nothing when there are none: the id of the request is that of the command', () => {
    expect(contextOf({})).toEqual({ actor: 'api', commandId: id });
  });

  it('correlates the command with others when the client says with which', () => {
    expect(contextOf({ 'x-correlation-id': id })).toEqual({ actor: 'api', correlationId: id });
  });

  it.each([
    ['"3"', 3],
    [' "0" ', 0],
    ['W/"12"', 12],
    ['*', 'exists'],
  ])('demands with If-Match: %s the version %s', (header, expected) => {
    expect(contextOf({ 'if-match': header }).expected).toBe(expected);
  });

  it('demands with If-None-Match: * that there is nothing yet', () => {
    expect(contextOf({ 'if-none-match': ' * ' }).expected).toBe('none');
    expect(contextOf({ 'if-none-match': '"3"' }).expected).toBeUndefined();
  });

  it.each(['3', '""', '"-1"', '"1.5"', '"3", "4"', '"1234567890123456"', 'abc', ''])(
    'is refused when If-Match is %j',
    (header) => {
      expect(refusalOf(() => contextOf({ 'if-match': header })).errors).toEqual([
        { path: 'If-Match', message: 'must be a version in quotes, like "3", or *' },
      ]);
    },
  );

  it('takes a key of 1 to 255 characters', () => {
    expect(contextOf({ 'idempotency-key': 'k' }).idempotencyKey).toBe('k');
    expect(contextOf({ 'idempotency-key': 'k'.repeat(255) }).idempotencyKey).toHaveLength(255);
  });

  it.each(['', 'k'.repeat(256)])('is refused when the key is %j', (key) => {
    expect(refusalOf(() => contextOf({ 'idempotency-key': key })).errors).toEqual([
      { path: 'Idempotency-Key', message: 'must have 1 to 255 characters' },
    ]);
  });
});
