import {
  Conflict,
  DamagedDatabase,
  DatabaseLocked,
  DiskFailure,
  ForeignDatabase,
  InvalidInput,
  KeyReused,
  NotAcceptable,
  NotFound,
  Refused,
  StartRefused,
  StoreError,
  TooLarge,
  Unavailable,
  Unexpected,
  UnsupportedMedia,
  PoisonEvent,
} from './errors.js';
import { errorData, errorFrom } from './thread-result.js';

const cause = new Error('disk full');

describe('errors', () => {
  it.each<[code: string, status: number, error: StoreError]>([
    ['request.invalid', 400, InvalidInput.field('name', 'is required')],
    ['request.malformed', 400, InvalidInput.malformed('not JSON', cause)],
    ['user.not-found', 404, NotFound.user('u')],
    ['memory.not-found', 404, NotFound.memory('m')],
    ['memory.not-found', 404, NotFound.memories([{ path: 'memoryIds.0', message: 'm' }])],
    ['session.not-found', 404, NotFound.session('s')],
    ['conversation.not-found', 404, NotFound.conversation('u')],
    ['route.not-found', 404, NotFound.route('GET', '/nowhere')],
    ['answer.not-acceptable', 406, NotAcceptable.formats(['text/csv'])],
    ['memory.already-exists', 409, Refused.memoryExists('m')],
    ['stream.version-conflict', 412, Conflict.version('profile:u', 3, 4)],
    ['body.too-large', 413, TooLarge.body()],
    ['body.not-json', 415, UnsupportedMedia.notJson()],
    ['command.key-reused', 422, KeyReused.of('k')],
    ['event.undecodable', 500, PoisonEvent.undecodable({ position: 7, streamId: 's' }, 'is broken', cause)],
    ['projection.failed', 500, PoisonEvent.folding('p', { position: 7, type: 't', streamId: 's' }, cause)],
    ['internal.error', 500, Unexpected.from(cause)],
    ['service.busy', 503, Unavailable.busy(9)],
    ['service.stopping', 503, Unavailable.stopping()],
    ['database.unavailable', 503, Unavailable.database(cause)],
  ])('with the code %s have status %i', (code, status, error) => {
    expect(error).toMatchObject({ status, code, name: error.constructor.name });
    expect(error.message).toMatch(/\S/);
    expect(code).toMatch(/^[a-z]+\.[a-z-]+$/);
  });

  it.each<StoreError>([
    InvalidInput.malformed('not JSON', cause),
    PoisonEvent.undecodable({ position: 7, streamId: 's' }, 'is broken', cause),
    PoisonEvent.folding('p', { position: 7, type: 't', streamId: 's' }, cause),
    Unexpected.from(cause),
    Unavailable.database(cause),
  ])('keep their cause: $code', (error) => {
    expect(error.cause).toBe(cause);
  });

  it('for several fields name the first in the message and list all of them', () => {
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

  it('for a stale version contain the current version', () => {
    expect(Conflict.version('profile:u', 'none', 4)).toMatchObject({
      message: 'Stream profile:u is at version 4, not none; read it again and retry.',
      extra: { currentVersion: 4 },
    });
  });

  it('for a stored event contain its position and stream', () => {
    expect(PoisonEvent.undecodable({ position: 7, streamId: 'memory:m' }, 'is broken').message).toBe(
      'Event at position 7, stream memory:m: is broken',
    );
  });

  it.each([
    InvalidInput.field('name', 'is required'),
    NotFound.user('u-1'),
    Refused.memoryExists('m-1'),
    Conflict.version('profile:u', 1, 4),
    KeyReused.of('k-1'),
    PoisonEvent.undecodable({ position: 7, streamId: 's' }, 'is broken', cause),
    PoisonEvent.folding('emotion-trend', { position: 7, type: 'emotion.observed', streamId: 's' }, cause),
    Unavailable.busy(9),
    DiskFailure.database(cause),
    DatabaseLocked.database(cause),
    DamagedDatabase.because(cause),
    ForeignDatabase.because(cause),
    Unexpected.from(cause),
  ])('are the same after a transfer between threads: $name', (error) => {
    const again = errorFrom(structuredClone(errorData(error)));
    expect(again.constructor).toBe(error.constructor);
    expect({ ...again, message: again.message }).toEqual({ ...error, message: error.message });
    expect((again.cause as Error | undefined)?.stack).toBe((error.cause as Error | undefined)?.stack);
  });

  it('of a bug become Unexpected in a transfer between threads, and keep their stack', () => {
    const again = errorFrom(structuredClone(errorData(cause)));
    expect(again).toBeInstanceOf(Unexpected);
    expect((again.cause as Error).stack).toBe(cause.stack);
  });

  it('that are unexpected do not reveal their cause', () => {
    expect(Unexpected.from(cause).message).not.toContain('disk full');
  });

  it('that are temporary say when to retry', () => {
    expect(Unavailable.busy(9).retryAfter).toBeGreaterThan(0);
  });

  it('that stop the start are no StoreErrors', () => {
    expect(new StartRefused('no')).not.toBeInstanceOf(StoreError);
    expect(new StartRefused('no').name).toBe('StartRefused');
  });
});
