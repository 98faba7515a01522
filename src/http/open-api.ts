import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { jsonSchemas, type JsonSchema } from '../validation/validator.js';

/** Serves `/docs` and `/docs/json`; request schemas are the very ones that requests are checked with. */
export async function serveDocs(app: NestFastifyApplication): Promise<void> {
  const info = new DocumentBuilder()
    .setTitle('EdgeSoul Store')
    .setDescription('The memory of an empathetic AI companion, as an event-sourced service.')
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .build();
  const document = SwaggerModule.createDocument(app, info, {
    operationIdFactory: (controller, method) =>
      controller.replace('Controller', '').toLowerCase() +
      method.replace(/^./, (first) => first.toUpperCase()),
    autoTagControllers: false,
  });
  SwaggerModule.setup('docs', app, withValidatorSchemas(document), { jsonDocumentUrl: 'docs/json' });
}

/** Puts the validator's schemas in place of the plugin's, keeping the plugin's descriptions. */
function withValidatorSchemas(document: OpenAPIObject): OpenAPIObject {
  const documented = (document.components?.schemas ?? {}) as Record<string, JsonSchema>;
  const checked = jsonSchemas();
  for (const name of Object.keys(documented)) replace(name, documented, checked);
  return document;
}

/** Replaces one schema, and adds those that only the validator's schema refers to. */
function replace(
  name: string,
  documented: Record<string, JsonSchema>,
  checked: Readonly<Record<string, JsonSchema>>,
): void {
  const schema = checked[name];
  if (!schema) return;
  const described = documented[name]?.properties ?? {};
  for (const [field, property] of Object.entries(schema.properties ?? {})) {
    const description = described[field]?.description;
    if (description !== undefined && !('$ref' in property)) property.description = description;
  }
  documented[name] = schema;
  for (const [, referred = ''] of JSON.stringify(schema).matchAll(REFERENCE))
    if (!(referred in documented)) replace(referred, documented, checked);
}

const REFERENCE = /"#\/components\/schemas\/(\w+)"/g;
