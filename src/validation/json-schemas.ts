import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { validationMetadatasToSchemas } from 'class-validator-jsonschema';

/** A JSON Schema object as class-validator-jsonschema generates it. */
export interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  type?: string | string[];
  maxItems?: number;
  [keyword: string]: unknown;
}

interface Converted {
  constraints: unknown[];
}

const SCHEMA_REFS = '#/components/schemas/';
/** A custom keyword: most bytes of an object when serialized as JSON. */
export const MAX_BYTES = 'x-max-bytes';
/** A custom keyword: a time that is stored, so that its year has bounds. */
export const STORED = 'x-stored-time';
/** A custom keyword: every number is one that a 64-bit float holds exactly. */
export const EXACT_NUMBERS = 'x-exact-numbers';

/** Returns the schemas of all decorated classes loaded so far, by class name: for validation and OpenAPI. */
export function jsonSchemas(): Record<string, JsonSchema> {
  const schemas = validationMetadatasToSchemas({
    classTransformerMetadataStorage: defaultMetadataStorage,
    refPointerPrefix: SCHEMA_REFS,
    additionalConverters: {
      isInstant: { type: 'string', format: 'date-time', [STORED]: true },
      isTimeBound: { type: 'string', format: 'date-time' },
      isTimeOrDate: { type: 'string', format: 'time-or-date' },
      isTimeZone: { type: 'string', format: 'time-zone' },
      isVectorText: { type: 'string', format: 'vector' },
      isReportZone: { type: 'string', format: 'report-zone' },
      isSmallJson: (meta: Converted) => ({
        type: 'object',
        [MAX_BYTES]: meta.constraints[0],
        [EXACT_NUMBERS]: true,
      }),
      isObject: { type: 'object' },
    },
  }) as Record<string, JsonSchema>;
  for (const schema of Object.values(schemas)) {
    schema.additionalProperties = false;
    schema.properties = mapValues(schema.properties ?? {}, nullAsType);
  }
  return schemas;
}

/**
 * Returns the schemas such that a list is looked through only when it is not too long, and an object only
 * when it has at most `unknown` fields more than it may have: a refusal takes no more work than the bounds
 * allow.
 */
export function boundsFirst(
  schemas: Record<string, JsonSchema>,
  unknown: number,
): Record<string, JsonSchema> {
  return mapValues(schemas, (schema) => boundFirst(schema, unknown));
}

/** Returns the schemas such that an object may have fields that they do not name. */
export function openSchemas(schemas: Record<string, JsonSchema>): Record<string, JsonSchema> {
  return mapValues(schemas, ({ additionalProperties: _closed, ...schema }) => schema);
}

/** Returns those of the schemas that a schema refers to, also through each other: few of all. */
export function referredBy(
  schema: JsonSchema | undefined,
  schemas: Record<string, JsonSchema>,
  found: Record<string, JsonSchema> = {},
): Record<string, JsonSchema> {
  for (const [keyword, value] of Object.entries(schema ?? {})) {
    if (typeof value === 'object' && value !== null) referredBy(value as JsonSchema, schemas, found);
    if (keyword !== '$ref') continue;
    const name = String(value).slice(SCHEMA_REFS.length);
    const referred = schemas[name];
    if (!referred || found[name]) continue;
    found[name] = referred;
    referredBy(referred, schemas, found);
  }
  return found;
}

function boundFirst(schema: JsonSchema, unknown: number): JsonSchema {
  const { properties, required, additionalProperties, items, ...rest } = schema;
  if (items !== undefined && rest.maxItems !== undefined)
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    return { ...rest, if: { maxItems: rest.maxItems }, then: { items } };
  if (properties === undefined) return schema;
  const maxProperties = Object.keys(properties).length + unknown;
  const known = mapValues(properties, (property) => boundFirst(property, unknown));
  return {
    ...rest,
    maxProperties,
    if: { maxProperties },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { properties: known, additionalProperties, ...(required ? { required } : {}) },
  };
}

/** Converts `nullable` of OpenAPI 3.0 to a null type, as in JSON Schema and OpenAPI 3.1. */
function nullAsType({ nullable, ...schema }: JsonSchema): JsonSchema {
  if (!nullable) return schema;
  if (schema.$ref !== undefined) return { anyOf: [{ $ref: schema.$ref }, { type: 'null' }] };
  const values = schema.enum as unknown[] | undefined;
  return { ...schema, type: [schema.type as string, 'null'], ...(values && { enum: [...values, null] }) };
}

function mapValues(
  schemas: Record<string, JsonSchema>,
  change: (schema: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, change(schema)]));
}
