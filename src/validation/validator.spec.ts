import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { refusalOf } from '../../test/support/refusal.js';
import type { FieldError } from '../errors.js';
import { IsId, IsInstant, IsListOf, IsSmallJson, IsText, Nullable, Optional } from './fields.js';
import { jsonSchemas } from './json-schemas.js';
import { bodyValidator, queryValidator } from './validator.js';

class Sail {
  @IsInt()
  @Min(1)
  @Max(9)
  area: number;
}

class Boat {
  @IsId()
  boatId: string;

  @IsText(2, 5)
  name: string;

  @Optional()
  @IsIn(['oak', 'steel'])
  hull?: string;

  @Nullable()
  @ValidateNested()
  @Type(() => Sail)
  sail?: Sail | null;

  @Optional()
  @IsArray()
  @ArrayMaxSize(3)
  @Length(1, 4, { each: true })
  crew?: string[];

  @Optional()
  @IsInstant()
  launchedAt?: string;

  @Optional()
  @IsSmallJson(40)
  notes?: Record<string, unknown>;

  @Optional()
  @IsObject()
  log?: Record<string, unknown>;
}

class BoatQuery {
  @Optional()
  @IsInt()
  @Min(0)
  @Max(200)
  limit?: number;

  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  share?: number;

  @Optional()
  @IsListOf(['oak', 'steel'])
  hulls?: string[];

  @Optional()
  @IsText(1, 5)
  name?: string;
}

class Unbounded {
  @IsInt()
  @Min(0)
  after: number;
}

class Nothing {}

const boat = { boatId: 'b-1', name: 'Marl' };
const validate = bodyValidator(Boat);
const validateQuery = queryValidator(BoatQuery);
const errorsOf = (fields: unknown): FieldError[] | undefined =>
  refusalOf(() => validate(typeof fields === 'object' && fields !== null ? { ...boat, ...fields } : fields))
    .errors;
const pathsOf = (fields: object) =>
  errorsOf(fields)
    ?.map(({ path }) => path)
    .toSorted();

const unknown = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`extra${i}`, 1]));

/** `{log: {a: {a: … 1}}}` with the given number of levels; the body is the first. */
const nested = (levels: number) => {
  let log: unknown = 1;
  for (let level = 1; level < levels; level++) log = { a: log };
  return { ...boat, log };
};

describe('a valid body', () => {
  it('is returned unchanged', () => {
    const body = {
      ...boat,
      sail: { area: 9 },
      crew: ['Ada', 'Bo'],
      launchedAt: '2026-03-01T18:30:00Z',
      notes: {},
    };
    expect(validate(body)).toBe(body);
  });

  it('may omit optional fields and set nullable ones to null', () => {
    expect(validate({ ...boat, sail: null })).toEqual({ ...boat, sail: null });
  });

  it('has its text measured in code points, including variation selectors', () => {
    expect(validate({ ...boat, name: '😀😀😀😀😀' })).toBeTruthy();
    expect(pathsOf({ name: '😀😀😀😀😀😀' })).toEqual(['name']);
    expect(validate({ ...boat, name: '❤️❤️' })).toBeTruthy();
    expect(pathsOf({ name: '❤️❤️❤️' })).toEqual(['name']);
  });
});

describe('an invalid body', () => {
  it('is refused with the paths of all invalid fields', () => {
    const bad = {
      boatId: 'b 1',
      name: '',
      hull: 'pine',
      sail: { area: 10, colour: 'red' },
      crew: ['Ada', ''],
      launchedAt: 'yesterday',
      notes: [],
      extra: 1,
    };
    expect(pathsOf(bad)).toEqual([
      'boatId',
      'crew.1',
      'extra',
      'hull',
      'launchedAt',
      'name',
      'notes',
      'sail.area',
      'sail.colour',
    ]);
    expect(refusalOf(() => validate({ ...boat, ...bad }))).toMatchObject({
      status: 400,
      code: 'request.invalid',
    });
  });

  it.each<[string, object, FieldError]>([
    ['a missing field', { name: undefined }, { path: 'name', message: 'is required' }],
    ['a missing nested field', { sail: {} }, { path: 'sail.area', message: 'is required' }],
    ['an unknown field', { colour: 1 }, { path: 'colour', message: 'is not a known field' }],
    ['an unknown value', { hull: 'pine' }, { path: 'hull', message: 'must be one of oak, steel' }],
    [
      'a wrong character',
      { boatId: 'b 1' },
      { path: 'boatId', message: 'must be 1 to 128 characters of A-Z a-z 0-9 . _ - : @, and not . or ..' },
    ],
    [
      'a wrong time',
      { launchedAt: '2026-02-30T00:00:00Z' },
      {
        path: 'launchedAt',
        message: 'must be an ISO 8601 time with a time zone, such as 2026-03-01T18:30:00Z',
      },
    ],
    [
      'an object that is too large',
      { notes: { text: 'a'.repeat(40) } },
      { path: 'notes', message: 'must be a JSON object of at most 40 bytes' },
    ],
    [
      'a number that is too large',
      { sail: { area: 10 } },
      { path: 'sail.area', message: 'must be at most 9' },
    ],
    ['a number for an object that may be null', { sail: 5 }, { path: 'sail', message: 'must be an object' }],
    ['a list for an object', { sail: [] }, { path: 'sail', message: 'must be an object' }],
    [
      'a list of objects for an object',
      { sail: [{ area: 1 }] },
      { path: 'sail', message: 'must be an object' },
    ],
  ])('is refused with a single error for %s', (_, fields, error) => {
    expect(errorsOf(fields)).toEqual([error]);
  });

  it.each([null, [], [boat], 'text', 7, true, undefined])(
    'is refused when it is %j instead of an object',
    (value) => {
      const refusal = refusalOf(() => validate(value));
      expect(refusal.errors).toEqual([{ path: '', message: 'must be an object' }]);
      expect(refusal.message).toBe('body: must be an object');
    },
  );

  it('is refused for null in a field that is only optional', () => {
    expect(pathsOf({ hull: null, crew: null, notes: null, launchedAt: null })).toEqual(
      expect.arrayContaining(['crew', 'hull', 'launchedAt', 'notes']),
    );
  });

  it('is refused with the names of unknown fields, without the escapes of JSON Pointer', () => {
    expect(pathsOf({ 'a/b': 1, 'c~d': 2, 'e~1f': 3 })).toEqual(['a/b', 'c~d', 'e~1f']);
    expect(pathsOf({ sail: { area: 1, 'a/b': 1 } })).toEqual(['sail.a/b']);
  });

  it('is refused for an unknown field that every object inherits', () => {
    expect(pathsOf({ toString: 1, constructor: 2 })).toEqual(['constructor', 'toString']);
    const smuggled = JSON.parse('{"boatId":"b-1","name":"Marl","__proto__":{"name":"x"}}') as unknown;
    expect(refusalOf(() => validate(smuggled)).errors).toEqual([
      { path: '__proto__', message: 'must not be the name of a field' },
      { path: '__proto__', message: 'is not a known field' },
    ]);
    const deep = JSON.parse('{"boatId":"b-1","name":"Marl","log":{"a":[{"__proto__":{}}]}}') as unknown;
    expect(refusalOf(() => validate(deep)).errors).toEqual([
      { path: 'log.a.0.__proto__', message: 'must not be the name of a field' },
    ]);
    const inherited = Object.create(
      { name: 'Marl' },
      { boatId: { value: 'b-1', enumerable: true } },
    ) as unknown;
    expect(validate(inherited)).toBe(inherited);
  });

  it.each(['.', '..'])('is refused for the id %s, which no URL can name', (boatId) => {
    expect(pathsOf({ boatId })).toEqual(['boatId']);
  });

  it.each(['...', '.a', '..a', 'a..', '-', ':', '@'])('may have the id %s', (boatId) => {
    expect(validate({ ...boat, boatId })).toBeTruthy();
  });

  it('is refused with at most twenty errors, and the answer says that there are more', () => {
    expect(errorsOf(unknown(20))).toHaveLength(20);
    for (const count of [21, 80, 4_000]) {
      const refusal = refusalOf(() => validate({ ...boat, ...unknown(count) }));
      expect(refusal.errors?.map(({ path }) => path)).toEqual(Object.keys(unknown(20)));
      expect(refusal.message).toBe(
        'extra0: is not a known field (and more; only the first 20 errors are listed)',
      );
    }
    expect(errorsOf({ log: Array.from({ length: 99 }, () => '\u0000') })).toHaveLength(20);
  });

  it('is refused as a whole when an object has more fields than any may have', () => {
    const many = Object.fromEntries(Array.from({ length: 5_001 }, (_, i) => [`extra${i}`, '\u0000']));
    const message = 'must not have more than 5000 fields';
    expect(refusalOf(() => validate(many)).errors).toEqual([{ path: '', message }]);
    expect(errorsOf({ log: { many } })).toEqual([{ path: 'log.many', message }]);
  });

  it('is refused with the bound of a list that is too long, not with its items', () => {
    expect(errorsOf({ crew: Array.from({ length: 10_000 }, () => 5) })).toEqual([
      { path: 'crew', message: 'must have at most 3 items' },
    ]);
  });

  it('is refused with a path that is not longer than it can be read', () => {
    const [error] = errorsOf({ ['x'.repeat(100_000)]: 1 }) ?? [];
    expect(error?.path).toBe(`${'x'.repeat(256)}…`);
  });

  it('is refused for any field when none is declared', () => {
    expect(bodyValidator(Nothing)({})).toEqual({});
    expect(refusalOf(() => bodyValidator(Nothing)({ a: 1 })).errors).toEqual([
      { path: 'a', message: 'is not a known field' },
    ]);
  });
});

describe('a value that a database cannot store', () => {
  const malformed = 'must be well-formed Unicode without U+0000';

  it.each<[string, object, FieldError]>([
    ['U+0000', { name: 'a\u0000b' }, { path: 'name', message: malformed }],
    ['the first half of a surrogate pair', { name: 'a\ud83d' }, { path: 'name', message: malformed }],
    ['the second half of a surrogate pair', { name: '\ude00a' }, { path: 'name', message: malformed }],
    ['surrogates in the wrong order', { name: '\ude00\ud83d' }, { path: 'name', message: malformed }],
    ['U+0000 in an item of a list', { crew: ['Ada', '\u0000'] }, { path: 'crew.1', message: malformed }],
    [
      'U+0000 deep in an object',
      { log: { a: [{ b: '\u0000' }] } },
      { path: 'log.a.0.b', message: malformed },
    ],
    ['U+0000 in a name', { log: { 'a\u0000': 1 } }, { path: 'log.a\u0000', message: malformed }],
    [
      'a lone surrogate in a name',
      { log: { a: { '\ud83d': 1 } } },
      { path: 'log.a.\ud83d', message: malformed },
    ],
    ['infinity', { log: { a: Infinity } }, { path: 'log.a', message: 'must be a finite number' }],
    ['minus infinity', { log: { a: -Infinity } }, { path: 'log.a', message: 'must be a finite number' }],
    ['NaN', { log: { a: Number.NaN } }, { path: 'log.a', message: 'must be a finite number' }],
  ])('is refused with its path: %s', (_, fields, error) => {
    expect(errorsOf(fields)).toEqual([error]);
  });

  it('is refused when JSON parses a large number to infinity', () => {
    const body = JSON.parse('{"boatId":"b-1","name":"Marl","log":{"a":1e999}}') as unknown;
    expect(refusalOf(() => validate(body)).errors).toEqual([
      { path: 'log.a', message: 'must be a finite number' },
    ]);
  });

  it('is refused when it is nested more than 32 levels deep', () => {
    expect(validate(nested(32))).toBeTruthy();
    expect(refusalOf(() => validate(nested(33))).errors).toEqual([
      {
        path: `log${'.a'.repeat(31)}`,
        message: 'must not be nested deeper than 32 levels',
      },
    ]);
    expect(refusalOf(() => validate(nested(10_000))).status).toBe(400);
  });

  it('is refused in a query too', () => {
    expect(refusalOf(() => validateQuery({ name: 'a\u0000' })).errors).toEqual([
      { path: 'name', message: malformed },
    ]);
  });

  it('is reported together with all other errors', () => {
    const bad = { name: 'a\u0000', crew: ['\u0000', 'Bo'], hull: 'pine', extra: '\ud83d' };
    expect(pathsOf(bad)).toEqual(['crew.0', 'extra', 'extra', 'hull', 'name']);
  });

  it('is not a text of characters that are merely rare', () => {
    for (const name of ['\u0001\u007f', '\ufffd\uffff', '\u{10ffff}!', '\u202e\u200d']) {
      expect(validate({ ...boat, name })).toBeTruthy();
    }
  });
});

describe('a query', () => {
  it('has its numbers parsed and its lists split at commas', () => {
    expect(validateQuery({ limit: '20', share: '0.5', hulls: 'oak,steel', name: '7' })).toEqual({
      limit: 20,
      share: 0.5,
      hulls: ['oak', 'steel'],
      name: '7',
    });
  });

  it('may repeat a name to give a list, and have empty items', () => {
    expect(validateQuery({ hulls: ['oak', 'steel'] })).toEqual({ hulls: ['oak', 'steel'] });
    expect(validateQuery({ hulls: 'oak,,' })).toEqual({ hulls: ['oak'] });
  });

  it.each([
    ['text instead of a number', { limit: 'many' }, 'limit'],
    ['an empty number', { limit: '' }, 'limit'],
    ['a fraction instead of an integer', { limit: '1.5' }, 'limit'],
    ['a number out of range', { limit: '201' }, 'limit'],
    ['a repeated number', { limit: ['1', '2'] }, 'limit'],
    ['a repeated text', { name: ['a', 'b'] }, 'name'],
    ['an empty list', { hulls: '' }, 'hulls'],
    ['a list of nothing', { hulls: ',,' }, 'hulls'],
    ['an unknown item', { hulls: 'oak,pine' }, 'hulls.1'],
    ['an unknown name', { Limit: '1' }, 'Limit'],
  ])('is refused for %s', (_, query, path) => {
    expect(refusalOf(() => validateQuery(query)).errors?.map((error) => error.path)).toEqual([path]);
  });

  it.each([' ', '\t5\n', '0x10', '0b11', 'Infinity', '1e999', 'NaN'])(
    'is refused for %j, which is not a finite decimal number',
    (text) => {
      expect(
        refusalOf(() => validateQuery({ limit: text, share: text })).errors?.map(({ path }) => path),
      ).toEqual(expect.arrayContaining(['limit']));
      expect(refusalOf(() => queryValidator(Unbounded)({ after: text })).status).toBe(400);
    },
  );

  it('is not modified', () => {
    const query = Object.freeze({ limit: '20', hulls: 'oak' });
    validateQuery(query);
    expect(query).toEqual({ limit: '20', hulls: 'oak' });
  });
});

describe('the schemas', () => {
  it('allow only declared fields, and express null as JSON Schema does', () => {
    expect(jsonSchemas().Boat).toMatchObject({
      type: 'object',
      required: ['boatId', 'name'],
      additionalProperties: false,
      properties: {
        name: { type: 'string', minLength: 2, maxLength: 5 },
        sail: { anyOf: [{ $ref: '#/components/schemas/Sail' }, { type: 'null' }] },
        launchedAt: { type: 'string', format: 'date-time', 'x-stored-time': true },
      },
    });
  });
});
