import * as fc from 'fast-check';
import { LANGUAGE_PATTERN } from '../../src/validation/fields.js';
import type { Shape } from '../../src/validation/validator.js';
import { constraintsOf, declaredFields, type DeclaredField } from './declared-fields.js';

/** JSON values without a field `__proto__`, which a request may not have, whatever class-validator says. */
function jsonValues(constraints: fc.JsonSharedConstraints = {}): fc.Arbitrary<unknown> {
  return fc.jsonValue(constraints).filter((value) => !JSON.stringify(value).includes('__proto__'));
}

type Values = fc.Arbitrary<unknown>;

/** Values that a field accepts, and values near the edge of that, inside or outside. */
interface Drawn {
  good: Values;
  edge: Values;
}

/**
 * Characters of one to four UTF-8 bytes, some of them combined with others. The variation selectors U+FE0E
 * and U+FE0F are left out: class-validator's Length does not count them, but JSON Schema's maxLength counts
 * every code point.
 */
const CHARACTERS = [
  'a',
  'Z',
  ' ',
  '\n',
  '"',
  'é',
  'e\u0301',
  '漢',
  '\u200b',
  '\uFFFD',
  '😀',
  '👩\u200d🚀',
  '\u{10FFFF}',
];

/** Values that some client will send for any field. */
export const junk: Values = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, -1, 0.5, 1e308, -0),
  fc.constantFrom('', ' ', 'text', '0.5', 'null', 'true', '2026-03-01'),
  fc.constantFrom<unknown[]>([], {}, [null], [[]], [''], [{}], { a: 1 }, { 0: 'a', length: 1 }),
);

/** A text of exactly `length` code points. */
function textOf(length: number): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...CHARACTERS), { minLength: 1, maxLength: 4 })
    .map((some) => some.join(''))
    .map((unit) => [...unit.repeat(length)].slice(0, length).join(''));
}

function texts(min: number, max: number): Drawn {
  const edges = [min - 1, min, min + 1, max - 1, max, max + 1].filter((length) => length >= 0);
  return {
    good: fc.integer({ min, max: Math.min(max, min + 30) }).chain(textOf),
    edge: fc.constantFrom(...edges).chain(textOf),
  };
}

function ids(forbidden: readonly string[] = []): Drawn {
  const characters = [...'AZaz09._-:@'];
  const good = fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 128 });
  const misplaced = fc
    .tuple(good, fc.constantFrom(' ', '\n', 'ü', '/', '#', '😀', '[', '`', '^'))
    .map(([id, character]) => id.slice(0, 100) + character);
  return {
    good,
    edge: fc.oneof(misplaced, fc.constantFrom('', 'a', 'a'.repeat(128), 'a'.repeat(129), ...forbidden)),
  };
}

function languages(): Drawn {
  return {
    good: fc.constantFrom('de', 'pt-BR', 'zh-Hant', 'zh-Hant-TW', 'es-419', 'fil'),
    edge: fc.constantFrom(
      '',
      'DE',
      'd',
      'german',
      'pt-br',
      'zh-hant',
      'de_AT',
      'de-',
      ' de',
      'de\n',
      'es-41',
    ),
  };
}

function numbers(min: number, max: number, whole: boolean): Drawn {
  const near = [min, max].flatMap((edge) => [edge, edge - 1, edge + 1, edge - 1e-9, edge + 1e-9, edge + 0.5]);
  return {
    good: whole ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true }),
    edge: fc.constantFrom(...near, ...near.map(String), '0x10', 'Infinity', '1e400', ' 5'),
  };
}

function choices(values: readonly string[]): Drawn {
  const near = values.flatMap((value) => [
    value.toUpperCase(),
    `${value} `,
    value.slice(1),
    `${value},${value}`,
  ]);
  return { good: fc.constantFrom(...values), edge: fc.constantFrom(...near) };
}

const NOT_QUITE_INSTANTS =
  `2024-02-29T00:00:00Z 2025-02-29T00:00:00Z 2025-02-30T00:00:00Z 2025-04-31T00:00:00Z
  2025-13-01T00:00:00Z 2025-00-01T00:00:00Z 2025-01-01T24:00:00Z 2025-01-01T23:59:60Z 2025-01-01T00:00Z
  2025-01-01T00:00:00 2025-01-01 2025-01-01T00:00:00z 2025-01-01t00:00:00Z 2025-01-01_00:00:00Z
  2025-01-01T00:00:00.Z 2025-01-01T00:00:00+24:00 +002025-01-01T00:00:00Z 2025-W01-1T00:00:00Z
  2025-1-1T00:00:00Z 1735689600000 yesterday 1900-01-01T00:00:00Z 1899-12-31T23:59:59Z 2999-12-31T23:59:59Z
  3000-01-01T00:00:00Z 0050-06-15T00:00:00Z 2016-12-31T23:59:60Z 0000-01-01T00:00:00Z 9999-12-31T23:59:59Z`.split(
    /\s+/,
  );

function instants(): Drawn {
  const fraction = fc.constantFrom('', '.1', '.123456789');
  const zone = fc.constantFrom('Z', '+05:45', '-0330', '+14:00', '-00:00');
  const date = fc.date({
    min: new Date('1900-01-01T00:00:00Z'),
    max: new Date('2999-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  return {
    good: fc
      .tuple(date, fraction, zone)
      .map(([at, part, where]) => at.toISOString().slice(0, 19) + part + where),
    edge: fc.constantFrom(...NOT_QUITE_INSTANTS),
  };
}

function timeZones(): Drawn {
  return {
    good: fc.constantFrom('Europe/Berlin', 'Asia/Kolkata', 'US/Eastern', 'Etc/GMT+5', 'UTC', 'europe/berlin'),
    edge: fc.constantFrom('Europe/Atlantis', '+05:30', 'IST', 'Z', '', 'Europe/Berlin ', 'UTC+1'),
  };
}

function jsonObjects(maxBytes = 16_384): Drawn {
  const empty = JSON.stringify({ text: '' }).length;
  const filled = (bytes: number, unit: string) => {
    const fill = unit.repeat((bytes - empty) / Buffer.byteLength(unit));
    return { text: fill + 'a'.repeat(bytes - empty - Buffer.byteLength(fill)) };
  };
  return {
    good: fc.dictionary(fc.constantFrom('a', 'b.c', '', 'é', '$ref', 'x'), jsonValues({ maxDepth: 2 })),
    edge: fc
      .tuple(fc.constantFrom(maxBytes, maxBytes + 1), fc.constantFrom('a', 'é', '漢', '😀'))
      .map(([bytes, unit]) => filled(bytes, unit)),
  };
}

function vectorOf(floats: readonly number[]): string {
  return Buffer.from(Float32Array.from(floats).buffer).toString('base64');
}

/** The Base64 of float32s, and texts that are not: too short, too long, all 0, not finite, cut off. */
function vectors(): Drawn {
  const list = (minLength: number, maxLength: number) =>
    fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength, maxLength }).map(vectorOf);
  const edges = [7, 8, 4_096, 4_097].map((length) => vectorOf(Array.from({ length }, () => 1)));
  const wrong = [
    [0, 0, 0, 0, 0, 0, 0, -0],
    [1, 1, 1, 1, 1, 1, 1, NaN],
    [1, 1, 1, 1, 1, 1, 1, Infinity],
  ].map(vectorOf);
  return {
    good: list(8, 20).filter((text) => !/^A*=*$/.test(text)),
    edge: fc.oneof(
      fc.constantFrom(...edges, ...wrong),
      list(6, 9),
      list(8, 9).map((text) => text.slice(1)),
    ),
  };
}

function lists(field: DeclaredField): Drawn {
  const items = field.nested
    ? nestedObjects(field.nested)
    : valuesOf({ ...field, rules: field.rules.filter(({ each }) => each) });
  const max = (constraintsOf(field.rules, 'arrayMaxSize')?.[0] as number | undefined) ?? 50;
  const min = (constraintsOf(field.rules, 'arrayMinSize')?.[0] as number | undefined) ?? 0;
  const sized = (length: number) => items.good.map((item) => Array.from({ length }, () => item));
  const edges = [min - 1, min, max, max + 1].filter((length) => length >= 0);
  const oneBad = fc
    .tuple(fc.array(items.good, { maxLength: 3 }), field.nested ? items.edge : fc.oneof(items.edge, junk))
    .map(([some, bad]) => [...some, bad]);
  return {
    good: fc.array(items.good, { minLength: min, maxLength: Math.max(min, Math.min(max, 4)) }),
    edge: fc.oneof(fc.constantFrom(...edges).chain(sized), oneBad, items.good),
  };
}

/** Objects of the class, but no lists of them: ValidateNested accepts a list where an object belongs. */
function nestedObjects(shape: Shape<object>): Drawn {
  return {
    good: bodies(shape),
    edge: fc.oneof(mutated(shape), junk).filter((value) => !Array.isArray(value)),
  };
}

function valuesOf(field: DeclaredField): Drawn {
  if (constraintsOf(field.rules, 'isArray')) return lists(field);
  if (field.nested) return nestedObjects(field.nested);
  return singleValues(field.rules);
}

function singleValues(rules: DeclaredField['rules']): Drawn {
  const constraints = (name: string) => constraintsOf(rules, name);
  const min = (constraints('min')?.[0] as number | undefined) ?? 0;
  const max = (constraints('max')?.[0] as number | undefined) ?? 2 ** 31 - 1;
  const drawers: Record<string, () => Drawn> = {
    isInt: () => numbers(min, max, true),
    isNumber: () => numbers(min, max, false),
    isLength: () => texts(...(constraints('isLength') as [number, number])),
    isIn: () => choices(constraints('isIn')?.[0] as string[]),
    matches: () =>
      constraints('matches')?.[0] === LANGUAGE_PATTERN
        ? languages()
        : ids(constraints('notEquals') as string[] | undefined),
    isInstant: instants,
    isTimeZone: timeZones,
    isReportZone: timeZones,
    isTimeOrDate: instants,
    isTimeBound: instants,
    isSmallJson: () => jsonObjects(constraints('isSmallJson')?.[0] as number),
    isObject: jsonObjects,
    isBoolean: () => ({ good: fc.boolean(), edge: fc.constantFrom('true', 'false', 0, 1) }),
    isString: () => texts(0, 100),
    isVectorText: vectors,
  };
  if (rules.length === 0) return { good: jsonValues(), edge: junk };
  const name = Object.keys(drawers).find((each) => constraints(each));
  if (!name) throw new Error(`Nothing is known to draw for ${rules.map((rule) => rule.name).join(', ')}.`);
  return (drawers[name] as () => Drawn)();
}

/** Bodies with only good fields; optional ones are sometimes left out, nullable ones are sometimes null. */
export function bodies(shape: Shape<object>): fc.Arbitrary<Record<string, unknown>> {
  const fields = declaredFields(shape);
  const drawn = fields.map((field) => {
    const { good } = valuesOf(field);
    return [field.name, field.mayBeNull ? fc.option(good) : good] as const;
  });
  const requiredKeys = fields.filter(({ mayBeLeftOut }) => !mayBeLeftOut).map(({ name }) => name);
  return fc.record(Object.fromEntries(drawn), { requiredKeys });
}

type Mutation = (body: Record<string, unknown>) => Record<string, unknown>;

const set =
  (name: string, value: unknown): Mutation =>
  (body) => ({ ...body, [name]: value });

const leaveOut =
  (name: string): Mutation =>
  ({ [name]: _left, ...body }) =>
    body;

/** Sets a field to a doubtful or wrong value, leaves it out, or adds an unknown field. */
function mutations(shape: Shape<object>): fc.Arbitrary<Mutation> {
  const perField = declaredFields(shape).flatMap((field) => {
    const doubtful = field.nested
      ? valuesOf(field).edge
      : fc.oneof(valuesOf(field).edge, valuesOf(field).edge, junk);
    return [doubtful.map((value) => set(field.name, value)), fc.constant(leaveOut(field.name))];
  });
  // No `toString` and the like: plainToInstance drops what every object has, before validation.
  const unknown = fc.constantFrom('extra', '', 'a/b', '~', 'Content', 'ключ', 'x-max-bytes', '$ref');
  return fc.oneof(
    ...perField,
    fc.tuple(unknown, junk).map(([name, value]) => set(name, value)),
  );
}

/** Good bodies with up to two mutations. */
export function mutated(shape: Shape<object>): fc.Arbitrary<Record<string, unknown>> {
  const changes = fc.oneof(
    fc.constant([]),
    fc.array(mutations(shape), { minLength: 1, maxLength: 1 }),
    fc.array(mutations(shape), { minLength: 2, maxLength: 2 }),
  );
  return fc
    .tuple(bodies(shape), changes)
    .map(([body, all]) => all.reduce((made, change) => change(made), body));
}
