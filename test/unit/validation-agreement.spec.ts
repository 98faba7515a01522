import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import * as fc from 'fast-check';
import { InvalidInput } from '../../src/errors.js';
import {
  bodyValidator,
  payloadValidator,
  queryValidator,
  type Shape,
} from '../../src/validation/validator.js';
import { constraintsOf, declaredFields } from '../support/declared-fields.js';
import { junk, mutated } from '../support/drawn-values.js';
import { requestShapes, shapesIn } from '../support/request-shapes.js';

const BODIES_PER_CLASS = 150;

const { bodies: requestBodies, queries } = await requestShapes();
const payloads = await shapesIn('events/**/*.event.ts');

/** Whether class-validator accepts the value; it checks only instances of a class. */
function isValid(shape: Shape<object>, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const instance = plainToInstance(shape, value);
  const options = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true };
  return validateSync(instance, options).length === 0;
}

function isAccepted(validate: (value: unknown) => unknown, value: unknown): boolean {
  try {
    validate(value);
    return true;
  } catch (error) {
    if (error instanceof InvalidInput) return false;
    throw error;
  }
}

/** Fails at the first drawn body on which the two verdicts differ; returns the accepted share, 0 to 1. */
function shareAccepted(
  bodies: fc.Arbitrary<unknown>,
  ours: (value: unknown) => boolean,
  theirs: (value: unknown) => boolean,
): number {
  let accepted = 0;
  const sameVerdict = fc.property(bodies, (body) => {
    const verdict = ours(body);
    expect(verdict).toBe(theirs(body));
    if (verdict) accepted += 1;
  });
  fc.assert(sameVerdict, { numRuns: BODIES_PER_CLASS });
  return accepted / BODIES_PER_CLASS;
}

/** The body after a round trip through JSON. */
const throughJson = (body: unknown): unknown => JSON.parse(JSON.stringify(body) ?? 'null');

describe('the classes that requests and events are checked with', () => {
  const all = [...requestBodies, ...queries, ...payloads];

  it('are enough for 3,000 random bodies', () => {
    expect(all.length * BODIES_PER_CLASS).toBeGreaterThanOrEqual(3_000);
  });

  it('have unique names, because their schemas are found by name', () => {
    const names = all.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

describe('a body is accepted exactly when class-validator accepts it:', () => {
  it.each(requestBodies.map((shape) => [shape.name, shape] as const))('%s', (_, shape) => {
    const validate = bodyValidator(shape);
    const bodies = fc
      .oneof({ weight: 20, arbitrary: mutated(shape) }, { weight: 1, arbitrary: junk })
      .map(throughJson);
    const share = shareAccepted(
      bodies,
      (body) => isAccepted(validate, body),
      (body) => isValid(shape, body),
    );
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.95);
  });
});

describe('the data of an event is accepted exactly when class-validator accepts it:', () => {
  it.each(payloads.map((shape) => [shape.name, shape] as const))('%s', (_, shape) => {
    const validate = payloadValidator(shape);
    const bodies = fc
      .oneof({ weight: 20, arbitrary: mutated(shape) }, { weight: 1, arbitrary: junk })
      .map(throughJson);
    const share = shareAccepted(
      bodies,
      (body) => isAccepted(validate, body),
      (body) => isValid(shape, body),
    );
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.95);
  });
});

describe('a query is accepted exactly when class-validator accepts it with its numbers and lists parsed:', () => {
  it.each(queries.map((shape) => [shape.name, shape] as const))('%s', (_, shape) => {
    const validate = queryValidator(shape);
    const share = shareAccepted(
      mutated(shape).map(asQuery),
      (query) => isAccepted(validate, query),
      (query) => isValid(shape, parsed(shape, query as Query)),
    );
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.95);
  });
});

type Query = Record<string, string | string[]>;

/** The values as a query string: texts, and lists either comma-separated or as a repeated name. */
function asQuery(values: Record<string, unknown>): Query {
  const entries = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value], i) => {
      const list = Array.isArray(value) ? value.map(String) : undefined;
      return [name, list ? (i % 2 === 0 ? list.join(',') : list) : String(value)];
    });
  return Object.fromEntries(entries) as Query;
}

/** The values of a query string, converted to the types of their fields. */
function parsed(shape: Shape<object>, query: Query): Record<string, unknown> {
  const values: Record<string, unknown> = { ...query };
  for (const { name, rules } of declaredFields(shape)) {
    const text = query[name];
    if (typeof text !== 'string') continue;
    const isNumber = constraintsOf(rules, 'isInt') ?? constraintsOf(rules, 'isNumber');
    if (isNumber && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) values[name] = Number(text);
    if (constraintsOf(rules, 'isArray')) values[name] = text.split(',').filter((part) => part !== '');
  }
  return values;
}
