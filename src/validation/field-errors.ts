import type { ErrorObject } from 'ajv';
import { InvalidInput, type FieldError } from '../errors.js';
import { ID_PATTERN, ID_RULE, NOT_BLANK } from './fields.js';
import { EXACT_NUMBERS, MAX_BYTES, STORED, type JsonSchema } from './json-schemas.js';
import { VECTOR_RULE } from './vector-text.js';

/** Most errors that one answer lists; validation stops there. */
export const MAX_ERRORS = 20;
/** Longest path that an error names, in UTF-16 units; a client may send a field name as long as a body. */
const MAX_PATH = 256;

/** Returns the refusal of an input. It lists at most MAX_ERRORS errors, and says when there are more. */
export function refusal(errors: readonly FieldError[]): InvalidInput {
  const listed = errors.slice(0, MAX_ERRORS);
  if (errors.length <= MAX_ERRORS) return InvalidInput.fields(listed);
  const { path, message: why } = listed[0] as FieldError;
  const detail = `${path || 'body'}: ${why} (and more; only the first ${MAX_ERRORS} errors are listed)`;
  return new InvalidInput('request.invalid', detail, { errors: listed });
}

/** Joins the keys of a path; a very long path is cut. */
export function pathText(keys: readonly (string | number)[]): string {
  const path = keys.filter((key) => key !== '').join('.');
  return path.length <= MAX_PATH ? path : `${path.slice(0, MAX_PATH).toWellFormed()}…`;
}

/** Returns one entry per invalid field. Leaves out that a nullable object could also have been null. */
export function fieldErrors(errors: readonly ErrorObject[]): FieldError[] {
  const relevant = errors.filter(
    ({ keyword, schemaPath }) =>
      keyword !== 'if' && keyword !== 'anyOf' && !schemaPath.endsWith('anyOf/1/type'),
  );
  return relevant.slice(0, MAX_ERRORS + 1).flatMap(errorsOf);
}

function errorsOf(error: ErrorObject): FieldError[] {
  const base = error.instancePath.slice(1).split('/').map(unescapePointer);
  if (error.keyword === 'maxProperties') return unknownFields(error, base);
  const params = error.params as Record<string, unknown>;
  const name = params.missingProperty ?? params.additionalProperty ?? params.rounded;
  const path = pathText(typeof name === 'string' ? [...base, name] : base);
  return [{ path, message: message(error, params) }];
}

/** Names the first fields that an object with too many of them must not have. */
function unknownFields({ data, parentSchema }: ErrorObject, base: readonly string[]): FieldError[] {
  const { properties = {} } = (parentSchema as { then: JsonSchema }).then;
  const unknown: FieldError[] = [];
  for (const name of Object.keys(data as object)) {
    if (Object.hasOwn(properties, name)) continue;
    unknown.push({ path: pathText([...base, name]), message: UNKNOWN_FIELD });
    if (unknown.length > MAX_ERRORS) break;
  }
  return unknown;
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

const UNKNOWN_FIELD = 'is not a known field';

/** What a pattern demands, in words. */
const PATTERN_RULES = new Map([
  [ID_PATTERN.source, ID_RULE],
  [NOT_BLANK.source, 'must not be blank'],
]);

/** What a format demands, in words. */
const FORMAT_RULES = {
  'date-time': 'must be an ISO 8601 time with a time zone, such as 2026-03-01T18:30:00Z',
  'time-or-date':
    'must be a date such as 2026-03-01, or an ISO 8601 time with a time zone, such as 2026-03-01T18:30:00Z',
  'time-zone': 'must be a time zone of the IANA database, such as Europe/Berlin',
  vector: `must be ${VECTOR_RULE}`,
  'report-zone': 'must be event, UTC or a time zone of the IANA database, such as Europe/Berlin',
};

/** What a JSON type is called. */
const TYPE_NAMES: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'a text',
};

/** What the value has to be, for every keyword that a class may cause. */
const RULES: Record<string, (error: ErrorObject, params: Record<string, unknown>) => string> = {
  required: () => 'is required',
  additionalProperties: () => UNKNOWN_FIELD,
  maxProperties: () => UNKNOWN_FIELD,
  type: (_, { type }) => `must be ${[type].flat().map(typeName).join(' or ')}`,
  enum: (_, { allowedValues }) => `must be one of ${(allowedValues as unknown[]).join(', ')}`,
  pattern: (_, { pattern }) => PATTERN_RULES.get(String(pattern)) ?? `must match ${String(pattern)}`,
  not: ({ schema }) => `must not be ${excludedBy(schema as Excluding)}`,
  format: (_, { format }) => FORMAT_RULES[format as keyof typeof FORMAT_RULES],
  minimum: (_, { limit }) => `must be at least ${String(limit)}`,
  maximum: (_, { limit }) => `must be at most ${String(limit)}`,
  minLength: (_, { limit }) => `must have at least ${counted(limit, 'character')}`,
  maxLength: (_, { limit }) => `must have at most ${counted(limit, 'character')}`,
  minItems: (_, { limit }) => `must have at least ${counted(limit, 'item')}`,
  maxItems: (_, { limit }) => `must have at most ${counted(limit, 'item')}`,
  [STORED]: () => 'must be a time of the years 1900 to 2999',
  [MAX_BYTES]: ({ schema }) => `must be a JSON object of at most ${String(schema)} bytes`,
  [EXACT_NUMBERS]: () => 'must be a number that a 64-bit float holds exactly; send it as a text',
};

/** The keywords that have a sentence here. */
export const EXPLAINED_KEYWORDS: readonly string[] = Object.keys(RULES);

function message(error: ErrorObject, params: Record<string, unknown>): string {
  return RULES[error.keyword]?.(error, params) ?? 'is not valid';
}

/** What a decorator such as NotEquals excludes. */
interface Excluding {
  const?: unknown;
  enum?: unknown[];
}

function excludedBy({ const: value, enum: values = [value] }: Excluding): string {
  return values.map((each) => JSON.stringify(each)).join(' or ');
}

function typeName(type: unknown): string {
  return TYPE_NAMES[String(type)] ?? String(type);
}

function counted(limit: unknown, unit: string): string {
  return `${String(limit)} ${unit}${limit === 1 ? '' : 's'}`;
}
