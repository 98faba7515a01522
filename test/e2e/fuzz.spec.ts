import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import * as fc from 'fast-check';
import { joyfulTurn, memory } from '../support/builders.js';
import { checkAnswer } from '../support/fuzz/check-answer.js';
import { drawnAuthorization, drawnRequests, KNOWN } from '../support/fuzz/drawn-requests.js';
import { operationsOf, type OpenApi, type Operation } from '../support/fuzz/open-api.js';
import { createKey } from '../support/keys.js';
import { Store } from '../support/store.js';

/** FUZZ_RUNS=20000 makes it longer, FUZZ_SEED draws other requests. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 600);
const SEED = Number(process.env.FUZZ_SEED ?? 11);

jest.setTimeout(180_000 + RUNS * 100);

let store: Store;
/** Keys that requests may have; the first one may do everything. */
let keys: string[];
let document: OpenApi;
let operations: Operation[];
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  store = await Store.start({ RATE_LIMIT_WITHOUT_KEY: '20' });
  document = (await store.get<OpenApi>('/docs/json')).body;
  operations = operationsOf(document);
  const user = store.user(String(KNOWN.user));
  await user.post('/turns', joyfulTurn({ sessionId: String(KNOWN.session) }));
  for (const memoryId of KNOWN.memory) await user.post('/memories', memory({ memoryId }));
  const everything = ['--scope', 'chat,analyst,operator,erase'];
  const [all, bound, operator] = [
    await createKey(store, '--name', 'all', ...everything),
    await createKey(store, '--name', 'bound', ...everything, '--users', 'known,new'),
    await createKey(store, '--name', 'operator', '--scope', 'operator'),
  ];
  keys = [all, bound, operator].map(({ token }) => token);
  await sleep(1_000);
});

afterAll(async () => {
  agent.destroy();
  await store.remove();
});

describe('requests that are drawn from the OpenAPI document, valid and not', () => {
  const findings = new Map<string, string>();
  /** The statuses that were answered, by operation. */
  const answered = new Map<string, number[]>();

  beforeAll(async () => {
    for (const { method, path } of operations) answered.set(`${method} ${path}`, []);
    const authorization = drawnAuthorization(keys);
    const requests = drawnRequests(document, operations);
    const property = fc.asyncProperty(requests, authorization, async (request, key) => {
      const drawn = { ...request, headers: { ...request.headers, ...key } };
      const { status, undeclared } = await checkAnswer(agent, store.url, drawn);
      const { target, headers, body, operation } = drawn;
      const name = `${operation.method} ${operation.path}`;
      answered.get(name)?.push(status);
      if (undeclared === undefined) return;
      const sent = [target.slice(0, 200), JSON.stringify(headers), body?.slice(0, 300)].join(' ');
      findings.set(`${name}: ${undeclared.slice(0, 40)}`, `${undeclared}\n  for ${sent}`);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
  });

  it('get only answers that it declares, with the shapes that it declares', () => {
    expect([...findings]).toEqual([]);
  });

  it('reach every operation, and succeed with most', () => {
    const names = [...answered.keys()];
    const succeeded = names.filter((name) => answered.get(name)?.some((status) => status < 300));
    expect(names.filter((name) => answered.get(name)?.length === 0)).toEqual([]);
    // Some need an id that only an earlier answer gives: of a retraction, an erasure, an event, a turn.
    expect(succeeded.length).toBeGreaterThan(names.length * 0.55);
  });
});
