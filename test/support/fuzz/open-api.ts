import { Ajv, type ValidateFunction } from 'ajv';

/** A JSON Schema as far as values are drawn from it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  format?: string;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
}

interface Content {
  content?: Record<string, { schema?: Schema }>;
}

interface Described {
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

export interface OpenApi {
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema> };
}

/** One operation of a document: what may be sent, and what may come back. */
export interface Operation {
  method: string;
  path: string;
  parameters: Parameter[];
  body: Schema | undefined;
  /** Checks of the answers by status and media type; undefined for a body that is no JSON. */
  answers: Map<string, Map<string, ValidateFunction | undefined>>;
}

const JSON_TYPE = /^application\/(.+\+)?json$/;

/** Returns the operations of a document. */
export function operationsOf(document: OpenApi): Operation[] {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'openapi');
  const compiled = (schema: Schema = {}): ValidateFunction =>
    ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as Schema);
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body: requestBody?.content?.['application/json']?.schema,
      answers: new Map(
        Object.entries(responses).map(([status, { content = {} }]) => [
          status,
          new Map(
            Object.entries(content).map(([type, { schema }]) => [
              type,
              JSON_TYPE.test(type) ? compiled(schema) : undefined,
            ]),
          ),
        ]),
      ),
    })),
  );
}
