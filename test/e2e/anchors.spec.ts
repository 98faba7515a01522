import { setTimeout as sleep } from 'node:timers/promises';
import { joyfulTurn } from '../support/builders.js';
import { edgesoul } from '../support/edgesoul.js';
import { rewriteLastEvent } from '../support/rewritten-event.js';
import { Store } from '../support/store.js';

interface Verification {
  ok: boolean;
  findings: { check: string; position: number; what: string }[];
}

let store: Store;

beforeAll(async () => {
  store = await Store.start();
  await store.user('ada').post('/turns', joyfulTurn({ userMessage: 'What I said first' }));
  await store.stop();
});

afterAll(() => store.remove());

async function backup(): Promise<string> {
  const { code, stdout } = await edgesoul(['backup', '--json'], store.settings);
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { file: string }).file;
}

async function verify(): Promise<Verification> {
  const { stdout } = await edgesoul(['verify', '--json'], store.settings);
  return JSON.parse(stdout) as Verification;
}

const anchorsOf = ({ findings }: Verification) => findings.filter(({ check }) => check === 'anchor');

describe('a log rewritten with matching hashes', () => {
  it('fails verification against the anchor of its backup, on the command line and over HTTP', async () => {
    const file = await backup();
    await rewriteLastEvent(store, (data) => `${data.slice(0, -1)} }`);

    const report = await verify();
    expect(report.findings.filter(({ check }) => check === 'hash')).toEqual([]);
    expect(anchorsOf(report)).toEqual([expect.objectContaining({ what: expect.stringContaining(file) })]);
    await store.restart();
    const { body } = await store.post<{ verificationId: string }>('/v1/ops/verifications');
    let overHttp: Verification & { state: string };
    do {
      await sleep(20);
      ({ body: overHttp } = await store.get<typeof overHttp>(`/v1/ops/verifications/${body.verificationId}`));
    } while (overHttp.state === 'running');
    expect(anchorsOf(overHttp)).toEqual(anchorsOf(report));
  });
});
