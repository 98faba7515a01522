import { IsNumber, Max, Min } from 'class-validator';
import { refusalOf } from '../../test/support/refusal.js';
import { storedFixture } from '../../test/support/stored-events.js';
import { PoisonEvent } from '../errors.js';
import { IsId, IsText } from '../validation/fields.js';
import { EventCatalog } from './event-catalog.js';
import { defineEvent } from './event.js';
import { jsonCodec } from './log/event-codec.js';
import { EventDecoder } from './log/event-decoder.js';
import type { StoredEvent } from './log/event-log.js';

/** A memory in an invented third schema version. */
class WeighedMemory {
  @IsId()
  memoryId: string;

  @IsText(1, 100)
  content: string;

  @IsNumber()
  @Min(0)
  @Max(1)
  importance: number;
}

/** Version 2 renamed `text` to `content`; version 3 turned `weight` (0..100) into `importance` (0..1). */
const memoryFormed = defineEvent({
  type: 'memory.formed',
  version: 3,
  payload: WeighedMemory,
  upcasters: [
    ({ text, ...data }) => ({ ...data, content: text }),
    ({ weight, ...data }) => ({ ...data, importance: (weight as number) / 100 }),
  ],
});

const catalog = new EventCatalog([memoryFormed]);
const decoder = new EventDecoder(catalog, jsonCodec);

const stored = (schemaVersion: number, data: unknown): StoredEvent => ({
  ...storedFixture('memory.formed'),
  position: 7,
  streamId: 'memory:m-1',
  schemaVersion,
  data: typeof data === 'string' ? data : JSON.stringify(data),
});
const newest = { memoryId: 'm-1', content: 'A boat', importance: 0.25 };

describe('decoding a stored event', () => {
  it.each([
    [1, { memoryId: 'm-1', text: 'A boat', weight: 25 }],
    [2, { memoryId: 'm-1', content: 'A boat', weight: 25 }],
    [3, newest],
  ])('upcasts version %i step by step to the newest version', (version, data) => {
    const event = decoder.decode(stored(version, data));
    expect(event).toMatchObject({ schemaVersion: 3, position: 7, streamId: 'memory:m-1' });
    expect(event.data).toEqual(newest);
  });

  it('keeps an optional field that only a newer release knows, which this one would not append', () => {
    const data = { ...newest, mood: 'calm' };
    expect(decoder.decode(stored(3, data)).data).toEqual(data);
    expect(() => catalog.check('memory.formed', data)).toThrow('mood');
  });

  it('decodes data that is stored as bytes', () => {
    const data = Buffer.from(JSON.stringify(newest));
    expect(decoder.decode({ ...stored(3, ''), data }).data).toEqual(newest);
  });

  it.each<[string, StoredEvent, RegExp]>([
    ['of an unknown type', { ...stored(1, newest), type: 'memory.dreamt' }, /unknown type "memory.dreamt"/],
    [
      'of a newer version',
      stored(4, newest),
      /"memory.formed" has schema version 4; this release knows versions 1 to 3/,
    ],
    ['of version 0', stored(0, newest), /schema version 0/],
    ['of a version below 0', stored(-1, newest), /schema version -1/],
    ['that is not JSON', stored(3, '{"memoryId":'), /its stored data cannot be read/],
    [
      'of a value out of range',
      stored(3, { ...newest, importance: 1.01 }),
      /not a valid "memory.formed": importance:/,
    ],
    [
      'of an old version with a value out of range',
      stored(2, { memoryId: 'm-1', content: 'A', weight: 101 }),
      /importance:/,
    ],
    ['without a field', stored(3, { memoryId: 'm-1', importance: 1 }), /content: is required/],
    ['that is not an object', stored(3, '[]'), /not a valid "memory.formed"/],
    ['that an upcaster throws on', stored(1, 'null'), /not a valid "memory.formed"/],
  ])('%s fails with its position, its stream and the reason', (_, event, what) => {
    const corrupt = refusalOf(() => decoder.decode(event));
    expect(corrupt).toBeInstanceOf(PoisonEvent);
    expect(corrupt).toMatchObject({ status: 500, code: 'event.undecodable' });
    expect(corrupt.message).toMatch(/^Event at position 7, stream memory:m-1: /);
    expect(corrupt.message).toMatch(what);
  });

  it('keeps the cause of a failure', () => {
    expect(refusalOf(() => decoder.decode(stored(3, '{'))).cause).toBeInstanceOf(SyntaxError);
    expect(refusalOf(() => decoder.decode(stored(1, 'null'))).cause).toBeInstanceOf(TypeError);
  });
});

describe('data with an id that commands may not have any more', () => {
  it.each(['.', '..'])('still decodes: %s', (id) => {
    const declared = new EventCatalog();
    const at = { position: 1, streamId: 's', schemaVersion: 1 };
    const decode = (type: string, data: object) => () => declared.decode({ ...at, type }, data);
    expect(decode('session.started', { sessionId: id })).not.toThrow();
    expect(decode('session.ended', { sessionId: id })).not.toThrow();
    expect(decode('memory.forgotten', { memoryId: id, reason: null })).not.toThrow();
    expect(decode('memory.recalled', { memoryIds: [id] })).not.toThrow();
    expect(decode('memory.revised', { memoryId: id, changes: {} })).not.toThrow();
  });
});

describe('data to be appended', () => {
  it('gets the newest schema version of its type', () => {
    expect(catalog.check('memory.formed', newest)).toBe(3);
    expect(catalog.version('memory.formed')).toBe(3);
  });

  it('is refused with every invalid field', () => {
    const refusal = refusalOf(() => catalog.check('memory.formed', { memoryId: 'm 1', importance: 2 }));
    expect(refusal).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(refusal.errors?.map(({ path }) => path).toSorted()).toEqual(['content', 'importance', 'memoryId']);
  });

  it('is refused when its type is unknown', () => {
    expect(refusalOf(() => catalog.check('memory.dreamt', newest)).message).toContain('memory.dreamt');
    expect(refusalOf(() => catalog.version('memory.dreamt')).status).toBe(400);
  });
});
