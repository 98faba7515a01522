import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { EmotionPattern, FeedPage, Memory } from '../support/answers.js';
import { emotion, memory } from '../support/builders.js';
import { badFieldsOf, refusalOf } from '../support/expectations.js';
import { readExposition, valueOf } from '../support/exposition.js';
import { Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(async () => {
  await store.remove();
});

/** Sends bytes as they are, which fetch would not do. */
async function sendBytes(path: string, bytes: Buffer, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(store.url);
  const sending = request({
    hostname,
    port,
    path,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': bytes.length, ...headers },
  });
  sending.end(bytes);
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode ?? 0;
}

describe('bytes that are not UTF-8', () => {
  it('are refused in a body, and so is another charset', async () => {
    const latin1 = Buffer.from(JSON.stringify(memory({ content: 'café' })), 'latin1');
    expect(await sendBytes('/v1/users/bytes/memories', latin1)).toBe(400);
    const charset = { 'content-type': 'application/json; charset=iso-8859-1' };
    expect(await sendBytes('/v1/users/bytes/memories', latin1, charset)).toBe(400);
    expect((await store.user('bytes').events()).length).toBe(0);
  });

  it.each(['%FF', '%ED%A0%80', '%E0%A4%A', '%'])('are refused in a query: %s', async (encoded) => {
    const answer = await store.user('bytes').get(`/memories/search?q=${encoded}`);
    expect(refusalOf(answer)).toBe('400 request.malformed');
  });
});

describe('an idempotency key that is not ASCII', () => {
  it('is one key in a header, whatever its encoding, and in a batch', async () => {
    const observed = emotion({ emotion: 'joy' });
    const bytes = Buffer.from(JSON.stringify(observed));
    const keys = ['ключ-é', 'ÿ-é'];
    for (const key of keys) {
      const header = { 'idempotency-key': Buffer.from(key).toString('latin1') };
      expect(await sendBytes('/v1/users/keys/emotions', bytes, header)).toBe(201);
      const command = { command: 'ObserveEmotion', userId: 'keys', ...observed, idempotencyKey: key };
      expect((await store.post('/v1/commands', { commands: [command] })).status).toBe(200);
    }
    // fetch sends a header in Latin-1.
    await store.user('keys').post('/emotions', observed, { 'idempotency-key': 'ÿ-é' });
    const types = (await store.user('keys').events()).map(({ type }) => type);
    expect(types.filter((type) => type === 'emotion.observed')).toHaveLength(keys.length);
  });
});

const withNumber = (number: string) =>
  JSON.stringify(memory({ metadata: { deep: [{ n: 77_077 }] } })).replace('77077', number);

describe('numbers of free JSON', () => {
  it('are refused by route and in a batch when a double does not hold them, and kept otherwise', async () => {
    const user = store.user('numbers');
    for (const number of ['9007199254740993', '1e-400', '0.1234567890123456789'])
      expect(badFieldsOf(await user.send('POST', '/memories', { text: withNumber(number) }))).toEqual([
        'metadata.deep.0.n',
      ]);
    const patterns = { text: '{"communicationPatterns":{"a":9007199254740993}}' };
    expect(badFieldsOf(await user.send('PATCH', '/profile', patterns))).toEqual(['communicationPatterns.a']);
    const command = `{"command":"FormMemory","userId":"numbers",${withNumber('9007199254740993').slice(1)}`;
    const batch = await store.send<{ results: { status: number }[] }>('POST', '/v1/commands', {
      text: `{"commands":[${command}]}`,
    });
    expect(batch.body.results.map(({ status }) => status)).toEqual([400]);
    expect((await user.events()).length).toBe(0);
    const exact = { text: withNumber('9007199254740992') };
    const { body } = await user.send<Memory>('POST', '/memories', exact);
    expect((await user.get<Memory>(`/memories/${body.memoryId}`)).body.metadata).toEqual({
      deep: [{ n: 9_007_199_254_740_992 }],
    });
  });
});

describe('an emotion', () => {
  it('is one emotion with one trigger, however its label is spelled', async () => {
    const user = store.user('labels');
    const spelled = ['fr\u00f6hlich', 'fro\u0308hlich', ' FR\u00d6HLICH', '\uff46r\u00f6hlich\u200b'];
    for (const label of spelled)
      await user.post('/emotions', emotion({ emotion: label, triggers: [`Pr\u00fcfung  A`, label] }));
    const { items } = (await user.get<{ items: EmotionPattern[] }>('/emotions')).body;
    expect(items).toMatchObject([{ emotion: 'fr\u00f6hlich', frequency: 4 }]);
    expect(items[0]?.triggers.map(({ trigger, count }) => [trigger, count])).toEqual([
      ['fr\u00f6hlich', 4],
      ['pr\u00fcfung a', 4],
    ]);
    const blank = await user.post('/emotions', emotion({ emotion: '\u200b \u00ad' }));
    expect(badFieldsOf(blank)).toEqual(['emotion']);
  });
});

interface OpenApi {
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>;
  components: { schemas: Record<string, Schema> };
}

interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  type?: string | string[];
}

describe('a large body of a wrong type', () => {
  it('is refused with less than five times the work of parsing it, at every list and object', async () => {
    const document = (await store.get<OpenApi>('/docs/json')).body;
    const costly: string[] = [];
    for (const { method, path, schema } of routesWithBody(document)) {
      const bytes = path === '/v1/commands' ? 7_900_000 : 500_000;
      const text = `"${'x'.repeat(bytes)}"`;
      const wrong = [`[${'1,'.repeat(bytes / 2 - 60)}1]`, manyFields(bytes / 8)];
      for (const at of placesOf(schema, document)) {
        for (const huge of wrong) {
          const body = at.reduceRight((inner, name) => `{"${name}":${inner}}`, huge);
          const isCheap = async () => {
            const transport = await workOfService(() => refused(method, path, text));
            const refusing = await workOfService(() => refused(method, path, body));
            return refusing <= transport + 5 * workHere(() => JSON.parse(body));
          };
          if (!(await oneOfFive(isCheap))) costly.push(`${method} ${path} ${at.join('.')}`);
        }
      }
    }
    expect(costly).toEqual([]);
    // A route of the original registers its user, as the original did.
    const { items } = (await store.get<FeedPage>('/v1/events?userId=huge')).body;
    expect(items.filter(({ type }) => type !== 'user.registered')).toEqual([]);
  });
});

async function refused(method: string, path: string, text: string): Promise<void> {
  const answer = await store.send(method, path, { text });
  // The original's routes ignore fields that they do not know.
  if (answer.status === 200 && path.startsWith('/api/v1/memory/')) return;
  if (answer.status !== 400) throw new Error(`${method} ${path} was answered with ${answer.status}.`);
}

function manyFields(bytes: number): string {
  const fields = Array.from({ length: Math.floor(bytes / 13) }, (_, i) => `"k${i + 1_000_000}":1`);
  return `{${fields.join(',')}}`;
}

function routesWithBody({ paths }: OpenApi): { method: string; path: string; schema: Schema }[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody }]) => {
      const schema = requestBody?.content['application/json']?.schema;
      if (!schema) return [];
      return [{ method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, 'huge'), schema }];
    }),
  );
}

/** The paths of a body's lists and objects, and the empty path of the body itself. */
function placesOf(schema: Schema, document: OpenApi): string[][] {
  const reference = (schema.$ref ?? schema.anyOf?.[0]?.$ref ?? '').split('/').at(-1) ?? '';
  const { properties = {}, type } = document.components.schemas[reference] ?? schema;
  const isPlace = [type].flat().some((each) => each === 'array' || each === 'object');
  const within = Object.entries(properties).flatMap(([name, property]) =>
    placesOf(property, document).map((place) => [name, ...place]),
  );
  return isPlace ? [[], ...within] : within;
}

/** The garbage of earlier work is collected during some measurements, but not during all. */
async function oneOfFive(holds: () => Promise<boolean>): Promise<boolean> {
  for (let i = 0; i < 5; i++) if (await holds()) return true;
  return false;
}

/**
 * CPU time that the service takes for the work and for one scrape of its metrics, ms. Other than the time that
 * passes, it does not grow while other processes have the processor.
 */
async function workOfService(work: () => Promise<unknown>): Promise<number> {
  const before = await cpuOfService();
  await work();
  return (await cpuOfService()) - before;
}

async function cpuOfService(): Promise<number> {
  const metrics = readExposition((await store.get<string>('/metrics')).text);
  return 1_000 * valueOf(metrics, 'edgesoul_process_cpu_seconds_total');
}

/** CPU time that the work takes in this thread, ms. */
function workHere(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
