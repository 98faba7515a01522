import { InvalidInput } from '../../src/errors.js';
import { jsonSchemas, type JsonSchema } from '../../src/validation/json-schemas.js';
import { bodyValidator, type Shape } from '../../src/validation/validator.js';
import { requestShapes } from '../support/request-shapes.js';

const { bodies } = await requestShapes();
const schemas = jsonSchemas();

/** More than any list may have, and fewer than the fields that make an object a wrong one at once. */
const MANY = 4_500;
/** Reads of one item: to look for what no database stores, and to serialize a free JSON field. */
const READS_PER_ITEM = 2;
/** Reads that do not depend on the size, such as of the length of a list. */
const SOME_READS = 200;

const listOf = (item: () => unknown) => Array.from({ length: MANY }, item);
const objectOf = (value: unknown) =>
  Object.fromEntries(Array.from({ length: MANY }, (_, i) => [`k${i}`, value]));

const HUGE: Record<string, () => object> = {
  'a list of numbers': () => listOf(() => 1),
  'a list of texts': () => listOf(() => ''),
  'a list of zero characters': () => listOf(() => '\u0000'),
  'a list of lists': () => listOf(() => []),
  'a list of objects': () => listOf(() => ({ extra: 1 })),
  'an object of unknown fields': () => objectOf(1),
  'an object of lists': () => objectOf([]),
  'an object of too many fields': () => ({
    ...objectOf(1),
    ...Object.fromEntries(listOf(() => 1).entries()),
  }),
};

/** Bodies that are huge at each list or object of a schema, and as a whole. */
function hugeBodies(schema: JsonSchema, huge: unknown): [at: string, body: unknown][] {
  const within = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    hugeBodies(resolved(property), huge).map(([at, body]): [string, unknown] => [
      `${name}.${at}`,
      { [name]: body },
    ]),
  );
  const item = schema.items ? hugeBodies(resolved(schema.items), huge) : [];
  return [['', huge], ...within, ...item.map(([at, body]): [string, unknown] => [`0.${at}`, [body]])];
}

function resolved(schema: JsonSchema): JsonSchema {
  const options = (schema.anyOf as JsonSchema[] | undefined) ?? [schema];
  const reference = (options[0]?.$ref ?? '') as string;
  return schemas[reference.slice(reference.lastIndexOf('/') + 1)] ?? schema;
}

/** A value that counts how often one of its items or fields is read. */
function counted<T extends object>(value: T): { value: T; reads: () => number } {
  let reads = 0;
  const read = () => {
    reads += 1;
  };
  const proxy = new Proxy(value, {
    get: (target, key) => (read(), Reflect.get(target, key) as unknown),
    has: (target, key) => (read(), Reflect.has(target, key)),
  });
  return { value: proxy, reads: () => reads };
}

/** Errors of the refusal; 0 for a body that is accepted, as a batch of any objects is. */
function errorCount(validate: () => unknown): number {
  try {
    validate();
    return 0;
  } catch (error) {
    if (error instanceof InvalidInput) return error.errors?.length ?? 0;
    throw error;
  }
}

describe('refusing a huge body reads each of its values at most twice, and lists at most twenty errors:', () => {
  it.each(bodies.map((shape): [string, Shape<object>] => [shape.name, shape]))('%s', (name, shape) => {
    const validate = bodyValidator(shape);
    const costly: string[] = [];
    for (const [what, make] of Object.entries(HUGE)) {
      const { value: huge, reads } = counted(make());
      const most = READS_PER_ITEM * Object.keys(huge).length + SOME_READS;
      for (const [at, body] of hugeBodies(schemas[name] as JsonSchema, huge)) {
        const before = reads();
        const errors = errorCount(() => validate(body));
        const taken = reads() - before;
        if (taken > most || errors > 20) costly.push(`${what} at ${at}: ${taken} reads, ${errors} errors`);
      }
    }
    expect(costly).toEqual([]);
  });

  it('in every list of a body, because each has a greatest length', () => {
    const unbounded = bodies.flatMap(({ name }) =>
      Object.entries(schemas[name]?.properties ?? {})
        .filter(([, { items, maxItems }]) => items !== undefined && maxItems === undefined)
        .map(([field]) => `${name}.${field}`),
    );
    expect(unbounded).toEqual([]);
  });
});
