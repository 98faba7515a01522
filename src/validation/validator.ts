import { Ajv, type SchemaValidateFunction, type ValidateFunction } from 'ajv';
import { roundedNumbers } from './exact-numbers.js';
import { fieldErrors, MAX_ERRORS, refusal } from './field-errors.js';
import { isSmallJson } from './fields.js';
import { isInstant, isStorableInstant, isTimeOrDate } from './instants.js';
import {
  boundsFirst,
  EXACT_NUMBERS,
  jsonSchemas,
  MAX_BYTES,
  openSchemas,
  referredBy,
  STORED,
  type JsonSchema,
} from './json-schemas.js';
import { isReportZone, isTimeZone } from './time-zone.js';
import { unstorable } from './unstorable.js';
import { isVectorText } from './vector-text.js';

/** A class whose class-validator decorators describe a JSON object. */
export type Shape<T extends object> = new () => T;

/** Validates a value against a shape and returns it typed. Throws InvalidInput with every invalid field. */
export type Validator<T> = (value: unknown) => T;

const DECIMAL = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

const holdsExactNumbers: SchemaValidateFunction = (_schema: unknown, value: object) => {
  const paths = roundedNumbers(value).slice(0, MAX_ERRORS + 1);
  holdsExactNumbers.errors = paths.map((path) => ({ keyword: EXACT_NUMBERS, params: { rounded: path } }));
  return paths.length === 0;
};

const ajv = withKeywords(
  new Ajv({
    // Bounded by `boundsFirst`; without it, one list of a wrong type makes millions of errors.
    allErrors: true,
    verbose: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    // The schemas are generated, so validating them would only slow the start.
    validateSchema: false,
    // V8 does what this would do, and it takes half of the time that compiling takes.
    code: { optimize: false },
  }),
);

/** Returns a validator for a JSON body. It is compiled when it is first used: a process uses few of all. */
export function bodyValidator<T extends object>(shape: Shape<T>): Validator<T> {
  return compiled<T>(shape, { storable: true });
}

/** Returns a validator for data that is already known to be storable, such as the data of an event. */
export function payloadValidator<T extends object>(shape: Shape<T>): Validator<T> {
  return compiled<T>(shape, {});
}

/**
 * Returns a validator for data that was stored, perhaps by a newer release: fields that the shape lacks are
 * accepted, at every depth, and kept.
 */
export function storedValidator<T extends object>(shape: Shape<T>): Validator<T> {
  return compiled<T>(shape, { open: true });
}

/** Returns a validator for a query string, which parses numbers and splits lists at commas. */
export function queryValidator<T extends object>(shape: Shape<T>): Validator<T> {
  return compiled<T>(shape, { storable: true, prepare: fromQuery });
}

/**
 * Returns a validator for a JSON body that ignores fields which the shape lacks: for clients that send more.
 */
export function tolerantValidator<T extends object>(shape: Shape<T>): Validator<T> {
  return compiled<T>(shape, { storable: true, prepare: knownFields });
}

/** Returns a validator for a query string that ignores parameters which the shape lacks. */
export function tolerantQueryValidator<T extends object>(shape: Shape<T>): Validator<T> {
  return compiled<T>(shape, { storable: true, prepare: knownFromQuery });
}

/** The schemas as they are declared, and as they are compiled. */
interface Schemas {
  declared: Record<string, JsonSchema>;
  bounded: Record<string, JsonSchema>;
  /** Which accept unknown fields. */
  open: Record<string, JsonSchema>;
}

function schemasNow(): Schemas {
  const declared = jsonSchemas();
  return { declared, bounded: boundsFirst(declared, MAX_ERRORS), open: openSchemas(declared) };
}

let latest: Schemas | undefined;

/** The schemas that have the class: they are generated again only when classes were loaded since. */
function schemasWith(name: string): Schemas {
  if (latest?.declared[name] === undefined) latest = schemasNow();
  return latest;
}

/** What was compiled of each class, by whether unknown fields are accepted: validators share it. */
const checks = {
  bounded: new WeakMap<object, ValidateFunction>(),
  open: new WeakMap<object, ValidateFunction>(),
};

/** Returns the schemas of all classes that are loaded, by name. */
export function validatedSchemas(): Record<string, JsonSchema> {
  latest = schemasNow();
  return latest.declared;
}

interface ValidatorOptions {
  /** Also refuses values that a database cannot store. */
  storable?: boolean;
  /** Accepts unknown fields. */
  open?: boolean;
  prepare?: Prepare;
}

const NOTHING: JsonSchema = { type: 'object', additionalProperties: false, properties: {} };

function compiled<T extends object>(shape: Shape<T>, options: ValidatorOptions): Validator<T> {
  let check: ValidateFunction | undefined;
  let schema: JsonSchema = {};
  const kind = options.open ? 'open' : 'bounded';
  const compile = (schemas: Schemas): ValidateFunction => {
    schema = schemas.declared[shape.name] ?? NOTHING;
    check = checks[kind].get(shape) ?? compiledCheck(shape.name, kind, schemas);
    checks[kind].set(shape, check);
    return check;
  };
  return (value) => {
    check ??= compile(schemasWith(shape.name));
    const prepared = options.prepare ? options.prepare(value, schema) : value;
    const bad = options.storable ? unstorable(prepared) : undefined;
    if (bad?.oversized) throw refusal(bad.errors);
    const errors = [...(bad?.errors ?? []), ...(check(prepared) ? [] : fieldErrors(check.errors ?? []))];
    if (errors.length > 0) throw refusal(errors);
    return prepared as T;
  };
}

function compiledCheck(name: string, kind: keyof typeof checks, schemas: Schemas): ValidateFunction {
  const known = schemas[kind];
  const root = known[name] ?? (kind === 'open' ? {} : boundsFirst({ root: NOTHING }, MAX_ERRORS)['root']);
  return ajv.compile({ ...root, components: { schemas: referredBy(root, known) } });
}

type Prepare = (value: unknown, schema: JsonSchema) => unknown;

function knownFromQuery(value: unknown, schema: JsonSchema): unknown {
  return fromQuery(knownFields(value, schema), schema);
}

/** Leaves out the fields that the schema does not name; anything else than an object is returned as it is. */
function knownFields(value: unknown, { properties = {} }: JsonSchema): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => Object.hasOwn(properties, name)));
}

/** Parses the text of a query string: comma-separated lists and decimal numbers. */
function fromQuery(value: unknown, schema: JsonSchema): unknown {
  const query = { ...(value as Record<string, unknown>) };
  for (const [name, { type }] of Object.entries(schema.properties ?? {})) {
    const raw = query[name];
    if (typeof raw !== 'string') continue;
    if (type === 'array') query[name] = raw.split(',').filter(Boolean);
    const isNumber = (type === 'integer' || type === 'number') && DECIMAL.test(raw);
    if (isNumber && Number.isFinite(Number(raw))) query[name] = Number(raw);
  }
  return query;
}

function withKeywords(instance: Ajv): Ajv {
  instance.addFormat('date-time', isInstant);
  instance.addFormat('time-or-date', isTimeOrDate);
  instance.addFormat('time-zone', isTimeZone);
  instance.addFormat('report-zone', isReportZone);
  instance.addFormat('vector', isVectorText);
  instance.addKeyword({
    keyword: MAX_BYTES,
    type: 'object',
    validate: (max: number, value: unknown) => isSmallJson(value, max),
  });
  instance.addKeyword({
    keyword: STORED,
    type: 'string',
    // What is no time at all is reported by the format.
    validate: (_: boolean, value: unknown) => !isInstant(value) || isStorableInstant(value),
  });
  instance.addKeyword({ keyword: EXACT_NUMBERS, type: 'object', validate: holdsExactNumbers, errors: true });
  instance.addVocabulary(['components', 'example']);
  return instance;
}
