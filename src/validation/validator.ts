import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { validationMetadatasToSchemas } from 'class-validator-jsonschema';
import { InvalidInput, type FieldError } from '../errors.js';
import { isInstant, isSmallJson } from './fields.js';

/** A class whose class-validator decorators describe a JSON object. */
export type Shape<T extends object> = new () => T;

/** Checks a value against a shape and answers it typed; throws InvalidInput with every bad field. */
export type Validator<T> = (value: unknown) => T;

/** A JSON Schema object as class-validator-jsonschema makes them. */
export interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  type?: string | string[];
  [keyword: string]: unknown;
}

interface Converted {
  constraints: unknown[];
}

const REFS = '#/components/schemas/';
/** Our one keyword: the most bytes that an object may take as JSON. */
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
    // The schemas are made by a library, not by hand: checking them again would only slow every start.
    validateSchema: false,
  }),
);

/** The schemas of every decorated class loaded so far, by class name: the one source of checks and of OpenAPI. */
export function jsonSchemas(): Record<string, JsonSchema> {
  const schemas = validationMetadatasToSchemas({
    classTransformerMetadataStorage: defaultMetadataStorage,
    refPointerPrefix: REFS,
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

/** OpenAPI 3.0's `nullable`, as JSON Schema and OpenAPI 3.1 say it. */
function nullAsType({ nullable, ...schema }: JsonSchema): JsonSchema {
  if (!nullable) return schema;
  if (schema.$ref !== undefined) return { anyOf: [{ $ref: schema.$ref }, { type: 'null' }] };
  return { ...schema, type: [schema.type as string, 'null'] };
}

function mapValues(
  of: Record<string, JsonSchema>,
  change: (schema: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(of).map(([name, schema]) => [name, change(schema)]));
}

/** Compiles a validator for a JSON body; compiled on first use, or by `compileValidators`. */
export function bodyValidator<T extends object>(shape: Shape<T>): Validator<T> {
  return compiled<T>(shape, { storable: true });
}

/** Compiles a validator for what is already known to be storable, such as the data of an event. */
export function payloadValidator<T extends object>(shape: Shape<T>): Validator<T> {
  return compiled<T>(shape, {});
}

/** Compiles a validator for a query string: numbers are read from text, lists are split at commas. */
export function queryValidator<T extends object>(shape: Shape<T>): Validator<T> {
  return compiled<T>(shape, { storable: true, prepare: fromQuery });
}

const uncompiled = new Set<(schemas: Record<string, JsonSchema>) => void>();

/** Compiles every validator made so far, so that no request waits for it and a wrong schema stops the start. */
export function compileValidators(): void {
  const schemas = jsonSchemas();
  for (const compile of uncompiled) compile(schemas);
}

interface Manner {
  /** Also refuses what a database cannot keep. */
  storable?: boolean;
  prepare?: Prepare;
}

function compiled<T extends object>(shape: Shape<T>, manner: Manner): Validator<T> {
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
    const prepared = manner.prepare ? manner.prepare(value, schema) : value;
    const bad = manner.storable ? unstorable(prepared, '', MAX_DEPTH) : [];
    // What is nested too deeply must not be looked at any further.
    if (bad.some(({ message: why }) => why === TOO_DEEP)) throw InvalidInput.fields(bad);
    if (!check(prepared)) throw InvalidInput.fields([...bad, ...fieldErrors(check.errors ?? [])]);
    if (bad.length > 0) throw InvalidInput.fields(bad);
    return prepared as T;
  };
}

type Prepare = (value: unknown, schema: JsonSchema) => unknown;

/** Reads what a query string can only say as text: lists from comma-separated text, numbers from plain decimals. */
function fromQuery(value: unknown, schema: JsonSchema): unknown {
  const query = { ...(value as Record<string, unknown>) };
  for (const [name, { type }] of Object.entries(schema.properties ?? {})) {
    const given = query[name];
    if (typeof given !== 'string') continue;
    if (type === 'array') query[name] = given === '' ? undefined : given.split(',').filter(Boolean);
    const isNumber = (type === 'integer' || type === 'number') && DECIMAL.test(given);
    if (isNumber && Number.isFinite(Number(given))) query[name] = Number(given);
  }
  return query;
}

function withKeywords(of: Ajv): Ajv {
  of.addFormat('date-time', isInstant);
  of.addKeyword({
    keyword: MAX_BYTES,
    type: 'object',
    validate: (max: number, value: unknown) => isSmallJson(value, max),
  });
  of.addVocabulary(['components', 'example']);
  return of;
}

/** One entry for each thing that is wrong; that a nullable object could also have been null is not one. */
function fieldErrors(errors: readonly ErrorObject[]): FieldError[] {
  const telling = errors.filter(
    ({ keyword, schemaPath }) => keyword !== 'anyOf' && !schemaPath.endsWith('anyOf/1/type'),
  );
  return telling.slice(0, MAX_ERRORS).map(fieldError);
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
      return 'must be another value';
    case 'format':
      return 'must be an ISO 8601 time with its zone, like 2026-03-01T18:30:00Z';
    case MAX_BYTES:
      return `must be a JSON object of at most ${String(error.schema)} bytes`;
    default:
      return error.message ?? 'is not valid';
  }
}

const NONE: FieldError[] = [];

/** Databases cannot keep U+0000 or half surrogate pairs in text, so no field may hold them; numbers must be finite. */
function unstorable(value: unknown, path: string, depth: number): FieldError[] {
  if (typeof value === 'string') {
    const fine = value.isWellFormed() && !value.includes('\u0000');
    return fine ? NONE : [{ path, message: 'must be well-formed Unicode without U+0000' }];
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? NONE : [{ path, message: 'must be a finite number' }];
  }
  return typeof value === 'object' && value !== null ? unstorableParts(value, path, depth) : NONE;
}

function unstorableParts(value: object, path: string, depth: number): FieldError[] {
  if (depth === 0) return [{ path, message: TOO_DEEP }];
  let bad = NONE;
  for (const [key, part] of Object.entries(value)) {
    const at = path ? `${path}.${key}` : key;
    const found = [...unstorable(key, at, depth), ...unstorable(part, at, depth - 1)];
    if (found.length > 0) bad = [...bad, ...found].slice(0, MAX_ERRORS);
  }
  return bad;
}
