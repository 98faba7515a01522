import { isDeepStrictEqual } from 'node:util';
import { Ajv, type ValidateFunction } from 'ajv';
import { emotion, joyfulTurn, memory } from '../support/builders.js';
import { Store } from '../support/store.js';

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  [keyword: string]: unknown;
}

interface Content {
  description?: string;
  content?: Record<string, { schema?: Schema }>;
}

interface Operation {
  operationId?: string;
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

interface OpenApi {
  openapi: string;
  info: { title?: string; version?: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const COMMANDS = [
  'post /v1/users/{userId}/turns',
  'patch /v1/users/{userId}/profile',
  'post /v1/users/{userId}/memories',
  'patch /v1/users/{userId}/memories/{memoryId}',
  'post /v1/users/{userId}/recalls',
  'post /v1/users/{userId}/emotions',
  'post /v1/commands',
];

const COMMANDS_WITHOUT_BODY = [
  'delete /v1/users/{userId}/memories/{memoryId}',
  'post /v1/users/{userId}/sessions/{sessionId}/end',
];

const READS = [
  'get /v1/users/{userId}/profile',
  'get /v1/users/{userId}/memories',
  'get /v1/users/{userId}/memories/{memoryId}',
  'get /v1/users/{userId}/memories/search',
  'get /v1/users/{userId}/emotions',
  'get /v1/users/{userId}/emotions/trend',
  'get /v1/users/{userId}/conversation',
  'get /v1/users/{userId}/sessions/{sessionId}',
  'get /v1/users/{userId}/sessions',
  'get /v1/users/{userId}/stats',
  'get /v1/users/{userId}/events',
  'get /v1/reports',
  'get /v1/reports/emotions',
  'get /v1/reports/usage',
  'get /v1/reports/memories',
  'get /v1/events/histogram',
  'get /v1/events',
  'get /v1/ops/projections',
  'get /v1/ops/stats',
];

const STREAM = 'get /v1/events/stream';

let store: Store;
let document: OpenApi;
let schemas: Ajv;

beforeAll(async () => {
  store = await Store.start();
  document = (await store.get<OpenApi>('/docs/json')).body;
  schemas = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  schemas.addSchema(document, 'openapi');
});

afterAll(() => store.remove());

const operations = (): [string, Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]): [string, Operation] => [
      `${method} ${path}`,
      described,
    ]),
  );

function operation(name: string): Operation {
  const described = operations().find(([key]) => key === name)?.[1];
  if (!described) throw new Error(`/docs/json has no ${name}`);
  return described;
}

/** Compiles a schema whose references resolve within the document. */
function compiled(schema: Schema | undefined): ValidateFunction {
  if (!schema) throw new Error('There is no schema.');
  const text = JSON.stringify(schema).replaceAll('"#/', '"openapi#/');
  return schemas.compile(JSON.parse(text) as Schema);
}

const schemaOf = (content: Content | undefined): Schema | undefined =>
  content?.content?.['application/json']?.schema;

const bodyOf = (name: string): Schema => {
  const schema = schemaOf(operation(name).requestBody) ?? {};
  const referenced =
    schema.$ref && document.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
  return referenced || schema;
};

const answerOf = (name: string): Schema | undefined => {
  const { responses } = operation(name);
  return schemaOf(responses['200'] ?? responses['201']);
};

const properties = (name: string) => bodyOf(name).properties ?? {};

const query = (name: string) =>
  (operation(name).parameters ?? [])
    .filter((parameter) => parameter.in === 'query')
    .map(({ name: parameter }) => parameter);

describe('the OpenAPI document', () => {
  it('is an OpenAPI 3 document with a title and a version, and /docs shows it', async () => {
    expect(document.openapi).toMatch(/^3\.\d+\.\d+$/);
    expect(document.info).toMatchObject({
      title: expect.stringMatching(/\S/),
      version: expect.stringMatching(/\S/),
    });
    const page = await store.get<string>('/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  });

  it('has every route', () => {
    const documented = operations().map(([name]) => name);
    const routes = [
      ...COMMANDS,
      ...COMMANDS_WITHOUT_BODY,
      ...READS,
      STREAM,
      'get /health/live',
      'get /health/ready',
      'get /metrics',
    ];
    expect(documented).toEqual(expect.arrayContaining(routes));
  });

  it('declares every parameter of every path', () => {
    const undeclared = operations().flatMap(([name, { parameters = [] }]) => {
      const declared = parameters.filter((parameter) => parameter.in === 'path' && parameter.required);
      return [...name.matchAll(/\{(\w+)\}/g)]
        .map(([, inPath]) => inPath)
        .filter((inPath) => !declared.some((parameter) => parameter.name === inPath && parameter.schema))
        .map((inPath) => `${inPath} of ${name}`);
    });
    expect(undeclared).toEqual([]);
  });

  it('describes every answer', () => {
    for (const [name, { responses }] of operations()) {
      expect([name, Object.keys(responses)]).toEqual([name, expect.arrayContaining([expect.any(String)])]);
      for (const { description } of Object.values(responses)) expect(typeof description).toBe('string');
    }
  });

  it('gives every error answer as a problem document', () => {
    const problem = { schema: { $ref: '#/components/schemas/ProblemAnswer' } };
    const others = operations().flatMap(([name, { responses }]) =>
      Object.entries(responses)
        .filter(([status]) => Number(status) >= 400)
        .filter(([, { content }]) => !isDeepStrictEqual(content?.['application/problem+json'], problem))
        .map(([status]) => `${status} of ${name}`),
    );
    expect(others).toEqual([]);
  });

  it.each([
    ['get /v1/ops/stats', []],
    ['get /v1/events', ['406', '409']],
    ['get /v1/users/{userId}/profile', ['404']],
    ['post /v1/users/{userId}/turns', ['413', '415', '422']],
    ['post /v1/users/{userId}/sessions/{sessionId}/end', ['404', '413', '415', '422']],
    ['patch /v1/users/{userId}/memories/{memoryId}', ['404', '409', '412', '413', '415', '422']],
    ['post /v1/users/{userId}/memories', ['404', '409', '412', '413', '415', '422']],
    ['post /v1/users/{userId}/recalls', ['404', '413', '415', '422']],
    ['post /v1/ops/backups', ['409', '413', '415']],
  ])('lists every refusal of %s beside those of every route', (name, own) => {
    const refusals = Object.keys(operation(name).responses).filter((status) => Number(status) >= 400);
    expect(refusals).toEqual(
      ['400', '401', '403', '408', '417', '421', '429', '431', '500', '503', ...own].toSorted(),
    );
  });

  it('says how large a body may be', () => {
    expect(operation('post /v1/users/{userId}/turns').responses['413']?.description).toContain('2 MiB');
    expect(operation('post /v1/commands').responses['413']?.description).toContain('16 MiB');
  });

  it('gives no two operations the same id', () => {
    const operationIds = operations().map(([, { operationId }]) => operationId);
    expect(operationIds.filter((id, index) => operationIds.indexOf(id) !== index)).toEqual([]);
  });

  it('uses "nullable" only in version 3.0, which defines it', () => {
    const words = new Set(JSON.stringify(document).match(/"nullable"/g));
    expect([...words]).toEqual(document.openapi.startsWith('3.0.') ? [...words] : []);
  });

  it('has only schemas that compile and references that resolve', () => {
    for (const schema of Object.values(document.components.schemas)) compiled(schema);
    for (const [reference] of JSON.stringify(document).matchAll(/#\/components\/schemas\/[^"]+/g)) {
      const name = reference.replace('#/components/schemas/', '');
      expect(document.components.schemas).toHaveProperty([name]);
    }
  });

  it.each(COMMANDS)('has a body for %s that refuses unknown fields', (name) => {
    expect(Object.keys(bodyOf(name).properties ?? {})).not.toEqual([]);
    expect(compiled(bodyOf(name))({ surprise: true })).toBe(false);
    expect(bodyOf(name).additionalProperties).toBe(false);
  });

  it('contains the limits of the fields', () => {
    expect(properties('post /v1/users/{userId}/turns')).toMatchObject({
      userMessage: { type: 'string', maxLength: 64_000 },
      assistantMessage: { type: 'string', maxLength: 64_000 },
    });
    expect(properties('post /v1/users/{userId}/memories')).toMatchObject({
      type: { enum: ['preference', 'pattern', 'fact', 'conversation', 'emotional'] },
      content: { minLength: 1, maxLength: 8000 },
      confidence: { minimum: 0, maximum: 1 },
      importance: { minimum: 0, maximum: 1 },
    });
    expect(properties('patch /v1/users/{userId}/profile')).toMatchObject({
      humorLevel: { type: 'integer', minimum: 0, maximum: 100 },
      utcOffset: { type: 'integer', minimum: -720, maximum: 840 },
      timeZone: { type: ['string', 'null'] },
    });
    expect(properties('post /v1/users/{userId}/recalls')).toMatchObject({
      memoryIds: { type: 'array', minItems: 1, maxItems: 100 },
    });
    expect(properties('post /v1/commands')).toMatchObject({
      commands: { type: 'array', minItems: 1, maxItems: 1000 },
    });
  });

  it('accepts valid bodies and refuses invalid ones', () => {
    const bodies: [string, Record<string, unknown>, Record<string, unknown>][] = [
      ['post /v1/users/{userId}/turns', joyfulTurn(), { emotion: { label: 'joy', intensity: 1.01 } }],
      ['patch /v1/users/{userId}/profile', { voice: { speed: 2 } }, { voice: { speed: 2.01 } }],
      ['post /v1/users/{userId}/memories', memory(), { importance: -0.01 }],
      ['patch /v1/users/{userId}/memories/{memoryId}', { importance: 1 }, { importance: 1.01 }],
      ['post /v1/users/{userId}/recalls', { memoryIds: ['boat'] }, { memoryIds: [] }],
      ['post /v1/users/{userId}/emotions', emotion(), { intensity: 2 }],
    ];
    for (const [name, good, change] of bodies) {
      const check = compiled(bodyOf(name));
      expect([name, check(good), check.errors]).toEqual([name, true, null]);
      expect([name, check({ ...good, ...change })]).toEqual([name, false]);
    }
  });

  it('matches what the service really returns', async () => {
    const user = store.user('described');
    await user.post('/turns', joyfulTurn());
    await user.post('/memories', memory({ memoryId: 'boat' }));
    for (const name of READS) {
      const path = name
        .replace('get ', '')
        .replace('{userId}', 'described')
        .replace('{memoryId}', 'boat')
        .replace('{sessionId}', 'session-1')
        .replace(/search$/, 'search?q=boat')
        .replace(/trend$/, 'trend?bucket=day');
      const { status, body } = await store.get(path);
      const check = compiled(answerOf(name));
      expect([name, status, check(body), check.errors]).toEqual([name, 200, true, null]);
    }
  });

  it('has no read that takes a range of time which ends before it begins', async () => {
    await store.user('ada').post('/emotions', { emotion: 'joy', intensity: 0.5 });
    const ranges = Object.entries(document.paths).flatMap(([path, { get }]) => {
      const names = (get?.parameters ?? []).filter((each) => each.in === 'query').map(({ name }) => name);
      return names.includes('from') && names.includes('to') ? [{ path, names }] : [];
    });
    const answers = await Promise.all(
      ranges.map(async ({ path, names }) => {
        const q = names.includes('q') ? '&q=boat' : '';
        const url = `${path.replace('{userId}', 'ada')}?from=2026-03-02T00:00:00Z&to=2026-03-01T23:59:59Z${q}`;
        const { status, body } = await store.get<{ errors?: { path: string; message: string }[] }>(url);
        return { path, status, errors: body.errors };
      }),
    );
    const message = expect.stringContaining('must not be after to') as string;
    expect(answers).toEqual(
      ranges.map(({ path }) => ({ path, status: 400, errors: [{ path: 'from', message }] })),
    );
    expect(ranges.length).toBeGreaterThan(10);
  });

  it('lists the query parameters of the reads', () => {
    expect(query('get /v1/users/{userId}/memories')).toEqual(
      expect.arrayContaining(['type', 'from', 'to', 'minConfidence', 'minImportance', 'limit', 'cursor']),
    );
    expect(query('get /v1/users/{userId}/memories/search')).toEqual(
      expect.arrayContaining(['q', 'types', 'limit', 'minConfidence', 'explain']),
    );
    expect(query('get /v1/users/{userId}/emotions/trend')).toEqual(
      expect.arrayContaining(['bucket', 'from', 'to', 'weekStart', 'timeZone', 'utcOffset']),
    );
    expect(query('get /v1/events')).toEqual(
      expect.arrayContaining(['after', 'limit', 'types', 'userId', 'from', 'to']),
    );
    expect(query(STREAM).toSorted()).toEqual(['after', 'types', 'userId']);
  });

  it('lists the media types of the event routes, and the Last-Event-ID header of the stream', () => {
    const mediaTypes = (name: string) => Object.keys(operation(name).responses['200']?.content ?? {});
    for (const name of ['get /v1/events', 'get /v1/users/{userId}/events'])
      expect(mediaTypes(name)).toEqual([
        'application/json',
        'application/x-ndjson',
        'text/csv',
        'application/vnd.apache.parquet',
      ]);
    expect(mediaTypes(STREAM)).toEqual(['text/event-stream']);
    const headers = (operation(STREAM).parameters ?? []).filter(({ in: location }) => location === 'header');
    expect(headers.map(({ name }) => name)).toEqual(['Last-Event-ID']);
  });
});
