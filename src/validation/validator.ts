import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { validationMetadatasToSchemas } from 'class-validator-jsonschema';
import { InvalidInput, type FieldError } from '../errors.js';
import { isInstant, isSmallJson } from './fields.js';

/** A class whose class-validator decorators describe a JSON object. */
export type Shape<T extends object> = new () => T;

/** Validates a value against a shape and returns it typed. Throws InvalidInput with every invalid field. */
export type Validator<T> = (value: unknown) => T;

/** A JSON Schema object as class-validator-jsonschema generates it. */
export interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  type?: string | string[];
  [keyword: string]: unknown;
}

interface Converted {
  constraints: unknown[];
}

const SCHEMA_REFS = '#/components/schemas/';
/** A custom keyword: most bytes of an object when serialized as JSON. */
const MAX_BYTES = 'x-max-bytes';
const MAX_ERRORS = 50;
const DECIMAL = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
const MAX_DEPTH = 32;
const TOO_DEEP = `must not be nested deeper than ${MAX_DEPTH} levels`;

const ajv = withKeywords(
  new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    // The schemas are generated, so validating them would only slow the start.
    validateSchema: false,
  }),
);

/** Returns the schemas of all decorated classes loaded so far, by class name: for validation and OpenAPI. */
export function jsonSchemas(): Record<string, JsonSchema> {
  const schemas = validationMetadatasToSchemas({
    classTransformerMetadataStorage: defaultMetadataStorage,
    refPointerPrefix: SCHEMA_REFS,
    additionalConverters: {
      isInstant: { type: 'string', format: 'date-time' },
      isSmallJson: (meta: Converted) => ({ type: 'object', [MAX_BYTES]: meta.constraints[0] }),
      isObject: { type: 'object' },
    },
  }) as Record<string, JsonSchema>;
  for (const schema of Object.values(schemas)) {
    schema.additionalProperties = false;
    schema.properties = mapValues(schema.properties ?? {}, nullAsType);
  }
  return schemas;
}

/** Converts `nullable` of OpenAPI 3.0 to a null type, as in JSON Schema and OpenAPI 3.1. */
function nullAsType({ nullable, ...schema }: JsonSchema): JsonSchema {
  if (!nullable) return schema;
  if (schema.$ref !== undefined) return { anyOf: [{ $ref: schema.$ref }, { type: 'null' }] };
  return { ...schema, type: [schema.type as string, 'null'] };
}

function mapValues(
  schemas: Record<string, JsonSchema>,
  change: (schema: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, change(schema)]));
}

/** Returns a validator for a JSON body. It is compiled on first use or by `compileValidators`. */
export function bodyValidator<T extends object>(shape: Shape<T>): Validator<T> {
  return compiled<T>(shape, { storable: true });
}

/** Returns a validator for data that is already known to be storable, such as the data of an event. */
export function payloadValidator<T extends object>(shape: Shape<T>): Validator<T> {
  return compiled<T>(shape, {});
}

/** Returns a validator for a query string, which parses numbers and splits lists at commas. */
export function queryValidator<T extends object>(shape: Shape<T>): Validator<T> {
  return compiled<T>(shape, { storable: true, prepare: fromQuery });
}

const uncompiled = new Set<(schemas: Record<string, JsonSchema>) => void>();

/** Compiles all validators created so far: no request waits for it, and an invalid schema stops the start. */
export function compileValidators(): void {
  const schemas = jsonSchemas();
  for (const compile of uncompiled) compile(schemas);
}

interface ValidatorOptions {
  /** Also refuses values that a database cannot store. */
  storable?: boolean;
  prepare?: Prepare;
}

function compiled<T extends object>(shape: Shape<T>, options: ValidatorOptions): Validator<T> {
  let check: ValidateFunction | undefined;
  let schema: JsonSchema = {};
  const compile = (schemas: Record<string, JsonSchema>): ValidateFunction => {
    uncompiled.delete(compile);
    schema = schemas[shape.name] ?? { type: 'object', additionalProperties: false };
    check = ajv.compile({ ...schema, components: { schemas } });
    return check;
  };
  uncompiled.add(compile);
  return (value) => {
    check ??= compile(jsonSchemas());
    const prepared = options.prepare ? options.prepare(value, schema) : value;
    const bad = options.storable ? unstorable(prepared, '', MAX_DEPTH) : [];
    // A value that is nested too deeply must not be passed to the compiled schema.
    if (bad.some(({ message: why }) => why === TOO_DEEP)) throw InvalidInput.fields(bad);
    if (!check(prepared)) throw InvalidInput.fields([...bad, ...fieldErrors(check.errors ?? [])]);
    if (bad.length > 0) throw InvalidInput.fields(bad);
    return prepared as T;
  };
}

type Prepare = (value: unknown, schema: JsonSchema) => unknown;

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
  instance.addKeyword({
    keyword: MAX_BYTES,
    type: 'object',
    validate: (max: number, value: unknown) => isSmallJson(value, max),
  });
  instance.addVocabulary(['components', 'example']);
  return instance;
}

/** Returns one entry per invalid field. Leaves out that a nullable object could also have been null. */
function fieldErrors(errors: readonly ErrorObject[]): FieldError[] {
  const relevant = errors.filter(
    ({ keyword, schemaPath }) => keyword !== 'anyOf' && !schemaPath.endsWith('anyOf/1/type'),
  );
  return relevant.slice(0, MAX_ERRORS).map(fieldError);
}

function fieldError(error: ErrorObject): FieldError {
  const base = error.instancePath.slice(1).split('/').map(unescapePointer);
  const params = error.params as Record<string, unknown>;
  const name = params.missingProperty ?? params.additionalProperty;
  const path = [...base, ...(typeof name === 'string' ? [name] : [])].filter((part) => part !== '').join('.');
  return { path, message: message(error, params) };
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function message(error: ErrorObject, params: Record<string, unknown>): string {
  switch (error.keyword) {
    case 'required':
      return 'is required';
    case 'additionalProperties':
      return 'is not a known field';
    case 'enum':
      return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
    case 'pattern':
      return `must match ${String(params.pattern)}`;
    case 'not':
      return 'has a value that is not allowed';
    case 'format':
      return 'must be an ISO 8601 time with a time zone, such as 2026-03-01T18:30:00Z';
    case MAX_BYTES:
      return `must be a JSON object of at most ${String(error.schema)} bytes`;
    default:
      return error.message ?? 'is not valid';
  }
}

const NO_ERRORS: FieldError[] = [];

/**
 * Finds what a database cannot store: U+0000 and lone surrogates in text, and numbers that are not finite.
 */
function unstorable(value: unknown, path: string, depth: number): FieldError[] {
  if (typeof value === 'string') {
    const fine = value.isWellFormed() && !value.includes('\u0000');
    return fine ? NO_ERRORS : [{ path, message: 'must be well-formed Unicode without U+0000' }];
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? NO_ERRORS : [{ path, message: 'must be a finite number' }];
  }
  return typeof value === 'object' && value !== null ? unstorableParts(value, path, depth) : NO_ERRORS;
}

function unstorableParts(value: object, path: string, depth: number): FieldError[] {
  if (depth === 0) return [{ path, message: TOO_DEEP }];
  let bad = NO_ERRORS;
  for (const [key, part] of Object.entries(value)) {
    const at = path ? `${path}.${key}` : key;
    const errors = [...unstorable(key, at, depth), ...unstorable(part, at, depth - 1)];
    if (errors.length > 0) bad = [...bad, ...errors].slice(0, MAX_ERRORS);
  }
  return bad;
}
