import {
  Conflict,
  Corrupt,
  InvalidInput,
  KeyReused,
  NotFound,
  ProjectionFailed,
  Refused,
  StartRefused,
  StoreError,
  TooLarge,
  Unavailable,
  Unexpected,
  UnsupportedMedia,
} from './errors.js';

const cause = new Error('disk full');

describe('the errors', () => {
  it.each<[StoreError, number, string]>([
    [InvalidInput.field('name', 'is required'), 400, 'request.invalid'],
    [InvalidInput.malformed('not JSON', cause), 400, 'request.malformed'],
    [NotFound.user('u'), 404, 'user.not-found'],
    [NotFound.memory('m'), 404, 'memory.not-found'],
    [NotFound.memories([{ path: 'memoryIds.0', message: 'm' }]), 404, 'memory.not-found'],
    [NotFound.session('s'), 404, 'session.not-found'],
    [NotFound.conversation('u'), 404, 'conversation.not-found'],
    [NotFound.route('GET', '/nowhere'), 404, 'route.not-found'],
    [Refused.memoryExists('m'), 409, 'memory.already-exists'],
    [Conflict.version('profile:u', 3, 4), 412, 'stream.version-conflict'],
    [TooLarge.body(), 413, 'body.too-large'],
    [UnsupportedMedia.notJson(), 415, 'body.not-json'],
    [KeyReused.of('k'), 422, 'command.key-reused'],
    [Corrupt.event({ position: 7, streamId: 's' }, 'is broken', cause), 500, 'event.undecodable'],
    [ProjectionFailed.folding('p', { type: 't', streamId: 's' }, cause), 500, 'projection.failed'],
    [Unexpected.from(cause), 500, 'internal.error'],
    [Unavailable.busy(9), 503, 'service.busy'],
    [Unavailable.stopping(), 503, 'service.stopping'],
    [Unavailable.database(cause), 503, 'database.unavailable'],
  ])('%s has status %i and code %s', (error, status, code) => {
    expect(error).toMatchObject({ status, code, name: error.constructor.name });
    expect(error.message).toMatch(/\S/);
    expect(code).toMatch(/^[a-z]+\.[a-z-]+$/);
  });

  it.each<[StoreError]>([
    [InvalidInput.malformed('not JSON', cause)],
    [Corrupt.event({ position: 7, streamId: 's' }, 'is broken', cause)],
    [ProjectionFailed.folding('p', { type: 't', streamId: 's' }, cause)],
    [Unexpected.from(cause)],
    [Unavailable.database(cause)],
  ])('%s keeps its cause', (error) => {
    expect(error.cause).toBe(cause);
  });

  it('of several fields name the first in the message and all of them beside it', () => {
    const errors = [
      { path: '', message: 'must be object' },
      { path: 'name', message: 'is required' },
      { path: 'hull', message: 'is required' },
    ];
    expect(InvalidInput.fields(errors)).toMatchObject({
      message: 'body: must be object (and 2 more)',
      errors,
    });
    expect(InvalidInput.fields(errors.slice(1, 2)).message).toBe('name: is required');
    expect(InvalidInput.fields([]).message).toBe('The request is not valid.');
  });

  it('of a stale version say which is the current one', () => {
    expect(Conflict.version('profile:u', 'none', 4)).toMatchObject({
      message: 'Stream profile:u is at version 4, not none; read it again and retry.',
      extra: { currentVersion: 4 },
    });
  });

  it('of a stored event say where it stands', () => {
    expect(Corrupt.event({ position: 7, streamId: 'memory:m' }, 'is broken').message).toBe(
      'Event at position 7, stream memory:m: is broken',
    );
  });

  it('that crossed a thread boundary are the same again', () => {
    const { code, message } = Corrupt.event({ position: 7, streamId: 's' }, 'is broken');
    expect(Corrupt.reported({ code, message })).toMatchObject({ status: 500, code, message });
  });

  it('that nobody foresaw tell nothing of the inside', () => {
    expect(Unexpected.from(cause).message).not.toContain('disk full');
  });

  it('that pass say when to retry', () => {
    expect(Unavailable.busy(9).retryAfter).toBeGreaterThan(0);
  });

  it('that stop the start are not answered to anyone', () => {
    expect(new StartRefused('no')).not.toBeInstanceOf(StoreError);
    expect(new StartRefused('no').name).toBe('StartRefused');
  });
});
