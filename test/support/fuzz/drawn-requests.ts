import * as fc from 'fast-check';
import { junk } from '../drawn-values.js';
import type { OpenApi, Operation, Parameter, Schema } from './open-api.js';

type Values = fc.Arbitrary<unknown>;

/** A request as it is sent. */
export interface DrawnRequest {
  operation: Operation;
  /** With its query string. */
  target: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** Ids of things that the fuzzed store has, and of some that it does not have. */
export const KNOWN = {
  user: ['known'],
  // Some of them are forgotten on the way.
  memory: Array.from({ length: 20 }, (_, i) => `boat-${i}`),
  session: ['session-1'],
};
const IDS = ['known', 'boat-1', 'session-1', 'new', 'a:b', 'x'.repeat(128)];
const NO_IDS = ['.', '..', 'two words', 'é', '😀', '\u0000', 'a/b', '%', 'x'.repeat(129), 'x'.repeat(3_000)];
const NAMES = ['extra', '__proto__', 'constructor', 'toString', '', '0'];
const TIMES = ['2026-03-01T08:00:00Z', '2026-03-01T23:59:60+02:00', '0001-01-01T00:00:00Z', '2026-03-01'];
const MEDIA_TYPES = [
  'application/json',
  'application/x-ndjson',
  'text/event-stream',
  'text/html',
  '*/*',
  'x',
];
const CONTENT_TYPES = ['text/plain', 'application/json; charset=utf-16', 'application/jsonx', '/', ''];
const BROKEN = ['', '{', 'null', '[]', '1', '"x"', '{"a":1}}', '\ufeff{}', '{"a":1e999}', '[['.repeat(5_000)];

/**
 * Draws requests to any operation of the document: mostly what it describes, and what comes close to that.
 */
export function drawnRequests(document: OpenApi, operations: Operation[]): fc.Arbitrary<DrawnRequest> {
  const values = new SchemaValues(document.components.schemas);
  return fc.constantFrom(...operations).chain((operation) => requestTo(operation, values));
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Draws who asks: mostly the first of the keys, else another one, nobody, or what is no key. */
export function drawnAuthorization([first = '', ...others]: string[]): fc.Arbitrary<{
  authorization?: string;
}> {
  return mostly(
    fc.constant(bearer(first)),
    fc.oneof(
      fc.constantFrom(...others.map(bearer)),
      fc.constantFrom({}, bearer(''), bearer('esk_'), { authorization: 'Basic eDp5' }, { authorization: '' }),
    ),
  );
}

function requestTo(operation: Operation, values: SchemaValues): fc.Arbitrary<DrawnRequest> {
  const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
  const inHeaders = operation.parameters.filter((parameter) => parameter.in === 'header');
  return fc
    .record({
      path: pathOf(operation),
      query: queryOf(inQuery, values),
      headers: headersOf(inHeaders, operation.body !== undefined),
      body: operation.body === undefined ? fc.constant(undefined) : bodyOf(operation, values),
    })
    .map(({ path, query, headers, body }) => ({
      operation,
      target: query === '' ? path : `${path}?${query}`,
      headers,
      body,
    }));
}

function pathOf({ path }: Operation): fc.Arbitrary<string> {
  const names = path.match(/\{\w+\}/g) ?? [];
  const ids = names.map((name) => {
    const known = Object.entries(KNOWN).find(([kind]) => name.startsWith(`{${kind}`))?.[1] ?? ['new'];
    return mostly(fc.constantFrom(...known), fc.constantFrom(...IDS, ...NO_IDS));
  });
  return fc.tuple(...ids).map((drawn) => {
    let filled = path;
    for (const [i, name] of names.entries())
      filled = filled.replace(name, () => encodeURIComponent(String(drawn[i])).replaceAll('.', '%2E'));
    return filled;
  });
}

function queryOf(parameters: Parameter[], values: SchemaValues): fc.Arbitrary<string> {
  const pairs = parameters.map(({ name, schema = {}, required }) =>
    fc.option(
      values
        .of(schema)
        .map((value) => `${name}=${encoded(typeof value === 'string' ? value : textOf(value))}`),
      { nil: undefined, freq: required ? 20 : 1 },
    ),
  );
  const odd = mostly(
    fc.constant(undefined),
    fc.constantFrom('extra=1', '__proto__=1', 'limit[]=1', 'limit=1&limit=2', '=', '&&', 'q=a&q=b'),
  );
  return fc
    .tuple(...pairs, odd)
    .map((drawn) => drawn.filter((pair): pair is string => pair !== undefined).join('&'));
}

/** Percent-encodes a text; half of a surrogate pair as clients that do not check do. */
const encoded = (text: string): string => (text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80');

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(',') : JSON.stringify(value));

function headersOf(parameters: Parameter[], hasBody: boolean): fc.Arbitrary<Record<string, string>> {
  const drawn: Record<string, fc.Arbitrary<string>> = {
    accept: fc.constantFrom(...MEDIA_TYPES),
    'x-correlation-id': fc.constantFrom('one', 'x'.repeat(128), 'x'.repeat(129), 'two words', 'é'),
    'idempotency-key': fc.constantFrom('', 'key', 'k'.repeat(255), 'k'.repeat(256), 'é'),
    'if-match': fc.constantFrom('"0"', '"1"', '*', 'W/"1"', '1', '"99999999999999999999"', ''),
    'if-none-match': fc.constantFrom('*', '"1"', ''),
    'last-event-id': fc.constantFrom('0', '1', '-1', '1.5', 'one', '', '9007199254740993', '1000000'),
    'content-encoding': fc.constantFrom('gzip', 'identity', ''),
    origin: fc.constantFrom('null', 'https://evil.example', 'http://localhost'),
    'sec-fetch-site': fc.constantFrom('cross-site', 'same-origin', 'none'),
    host: fc.constantFrom('evil.example', 'localhost', '[::1]:1', ''),
    expect: fc.constantFrom('100-continue', '200-ok'),
  };
  const named = new Set(parameters.map(({ name }) => name.toLowerCase()));
  // A header that the operation describes comes more often than one that any client might send.
  const sent = Object.entries(drawn).map(([name, value]) =>
    fc.oneof(
      { weight: named.has(name) ? 4 : 40, arbitrary: NONE },
      { weight: 1, arbitrary: value.map((text): [string, string] => [name, text]) },
    ),
  );
  const type: fc.Arbitrary<[string, string] | undefined> = hasBody
    ? mostly(fc.constant('application/json'), fc.constantFrom(...CONTENT_TYPES)).map((text) => [
        'content-type',
        text,
      ])
    : NONE;
  return fc
    .tuple(type, ...sent)
    .map((pairs) => Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair !== undefined)));
}

const NONE = fc.constant(undefined);

function bodyOf({ path, body = {} }: Operation, values: SchemaValues): fc.Arbitrary<string> {
  const described = path === '/v1/commands' ? values.batches() : values.of(body);
  return mostly(
    described.map((value) => JSON.stringify(value) ?? ''),
    fc.constantFrom(...BROKEN),
  );
}

/** Mostly the first, sometimes the second. */
function mostly<A, B>(usual: fc.Arbitrary<A>, odd: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ weight: 19, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

/** Draws values that a schema describes; now and then one that it does not. */
class SchemaValues {
  constructor(private readonly schemas: Record<string, Schema>) {}

  of(schema: Schema): Values {
    return mostly(this.described(schema), junk);
  }

  /** Batches of commands, whose entries no schema of the document describes. */
  batches(): Values {
    const commands = Object.keys(this.schemas)
      .filter((name) => /^(Record|Change|Form|Revise|Recall|Observe)\w+Body$/.test(name))
      .map((name) =>
        fc
          .tuple(this.of(this.schemas[name] ?? {}), fc.constantFrom(...IDS))
          .map(([input, userId]) => ({ ...(input as object), command: name.replace('Body', ''), userId })),
      );
    return fc
      .array(mostly(fc.oneof(...commands), junk), { minLength: 0, maxLength: 5 })
      .map((drawn) => ({ commands: drawn }));
  }

  private described(schema: Schema): Values {
    const { $ref, anyOf, enum: values, type } = schema;
    if ($ref !== undefined) return this.described(this.schemas[$ref.split('/').at(-1) ?? ''] ?? {});
    if (anyOf !== undefined) return fc.oneof(...anyOf.map((each) => this.described(each)));
    if (values !== undefined) return fc.constantFrom(...values);
    const types = [type ?? []].flat();
    return types.length === 0 ? junk : fc.oneof(...types.map((each) => this.ofType(each, schema)));
  }

  private ofType(type: string, schema: Schema): Values {
    const { minimum = -10, maximum = 1_000_000, items = {}, minItems = 0, maxItems = 10 } = schema;
    switch (type) {
      case 'object':
        return this.object(schema);
      case 'array':
        return fc.array(this.of(items), {
          minLength: Math.min(minItems, 2),
          maxLength: Math.min(maxItems, 4),
        });
      case 'integer':
        return mostly(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum - 1, maximum + 1));
      case 'number':
        return mostly(
          fc.double({ min: minimum, max: maximum, noNaN: true }),
          fc.constantFrom(minimum - 1, maximum + 1, 1),
        );
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        return texts(schema);
    }
  }

  private object({ properties = {}, required = [] }: Schema): Values {
    const fields = Object.entries(properties).map(([name, schema]) =>
      fc.option(
        this.of(schema).map((value): [string, unknown] => [name, value]),
        { nil: undefined, freq: required.includes(name) ? 30 : 1 },
      ),
    );
    const extra = mostly(NONE, fc.tuple(fc.constantFrom(...NAMES), junk));
    return fc.tuple(...fields, extra).map((drawn) => {
      const object: Record<string, unknown> = {};
      for (const pair of drawn)
        if (pair)
          Object.defineProperty(object, pair[0], { value: pair[1], enumerable: true, writable: true });
      return object;
    });
  }
}

function texts({ pattern, format, minLength = 0, maxLength = 200 }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.constantFrom(...TIMES);
  if (format === 'time-or-date') return fc.constantFrom(...TIMES, '2026-02-30', '2025-03-03T00:00:00Z');
  if (format === 'time-zone') return fc.constantFrom('Europe/Berlin', 'UTC', 'Mars/Base');
  if (format === 'report-zone') return fc.constantFrom('event', 'Pacific/Apia', 'UTC', 'Mars/Base');
  if (pattern?.startsWith('^') === true) return mostly(fc.constantFrom(...IDS), fc.constantFrom(...NO_IDS));
  return mostly(
    fc.string({ unit: 'binary', minLength: Math.min(minLength, 3), maxLength: Math.min(maxLength, 12) }),
    fc.constantFrom('', ' ', 'x'.repeat(maxLength), 'x'.repeat(maxLength + 1), '\ud800', ...TIMES, ...IDS),
  );
}
