import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { JsonSchema } from '../validation/json-schemas.js';
import { SECURITY_SCHEME } from './access/scoped.js';
import { declareRefusals } from './declared-answers.js';
import { ProblemAnswer } from './problems/problem.js';

/**
 * Serves `/docs` and `/docs/json`. `validated` are the schemas that validate requests, by class name. The
 * document is made when somebody first asks for it: it takes a good part of the time that a start takes, and
 * most processes are never asked.
 */
export function serveDocs(
  app: NestFastifyApplication,
  validated: Readonly<Record<string, JsonSchema>>,
): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app, validated), { jsonDocumentUrl: 'docs/json' });
}

function openApiDocument(
  app: NestFastifyApplication,
  validated: Readonly<Record<string, JsonSchema>>,
): OpenAPIObject {
  const info = new DocumentBuilder()
    .setTitle('EdgeSoul Store')
    .setDescription('The memory of an empathetic AI companion, as an event-sourced service.')
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addSecurity(SECURITY_SCHEME, {
      type: 'http',
      scheme: 'bearer',
      description:
        'A key of `edgesoul keys create`, once the store has, or ever had, one. An operation needs one of the scopes ' +
        'that it lists; a key that is bound to users is refused for any other user. A key opens the store of its tenant ' +
        'only; a request that names another tenant in the header `Edgesoul-Tenant` is refused (403).',
    })
    .addTag(
      'EdgeSoul compatibility',
      'The routes of the original EdgeSoul backend, with its names and shapes: other words for the routes under /v1. ' +
        'Fields and parameters that a route does not know are ignored, as they were.',
    )
    .build();
  const document = SwaggerModule.createDocument(app, info, {
    operationIdFactory: (controller, method) =>
      controller.replace('Controller', '').toLowerCase() +
      method.replace(/^./, (first) => first.toUpperCase()),
    autoTagControllers: false,
    extraModels: [ProblemAnswer],
  });
  declareRefusals(document);
  return withValidatorSchemas(document, structuredClone(validated));
}

/** Replaces the plugin's schemas by the validator's, and keeps the plugin's descriptions. */
function withValidatorSchemas(
  document: OpenAPIObject,
  validated: Readonly<Record<string, JsonSchema>>,
): OpenAPIObject {
  const documented = (document.components?.schemas ?? {}) as Record<string, JsonSchema>;
  for (const name of Object.keys(documented)) replaceSchema(name, documented, validated);
  return document;
}

/** Replaces one schema, and adds the schemas that only the validator's version refers to. */
function replaceSchema(
  name: string,
  documented: Record<string, JsonSchema>,
  validated: Readonly<Record<string, JsonSchema>>,
): void {
  const schema = validated[name];
  if (!schema) return;
  const described = documented[name]?.properties ?? {};
  for (const [field, property] of Object.entries(schema.properties ?? {})) {
    const description = described[field]?.description;
    if (description !== undefined && !('$ref' in property)) property.description = description;
  }
  documented[name] = schema;
  for (const [, referred = ''] of JSON.stringify(schema).matchAll(REFERENCE))
    if (!(referred in documented)) replaceSchema(referred, documented, validated);
}

const REFERENCE = /"#\/components\/schemas\/(\w+)"/g;
