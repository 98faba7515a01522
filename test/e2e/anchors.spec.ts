import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { joyfulTurn } from '../support/builders.js';
import { edgesoul } from '../support/edgesoul.js';
import { rewriteLastEvent } from '../support/rewritten-event.js';
import { Store } from '../support/store.js';

jest.setTimeout(60_000);

interface Verified {
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

async function verified(): Promise<Verified> {
  const { stdout } = await edgesoul(['verify', '--json'], store.settings);
  return JSON.parse(stdout) as Verified;
}

const anchorsOf = ({ findings }: Verified) => findings.filter(({ check }) => check === 'anchor');

describe('a log that was rewritten with all its hashes', () => {
  it('is accused by the backup that noted how it was, on the command line and over HTTP', async () => {
    const file = await backup();
    await rewriteLastEvent(store, (data) => `${data.slice(0, -1)} }`);

    const report = await verified();
    expect(report.findings.filter(({ check }) => check === 'hash')).toEqual([]);
    expect(anchorsOf(report)).toEqual([expect.objectContaining({ what: expect.stringContaining(file) })]);
    await store.restart();
    const { body } = await store.post<{ verificationId: string }>('/v1/ops/verifications');
    let asked: Verified & { state: string };
    do {
      await sleep(20);
      ({ body: asked } = await store.get<typeof asked>(`/v1/ops/verifications/${body.verificationId}`));
    } while (asked.state === 'running');
    expect(anchorsOf(asked)).toEqual(anchorsOf(report));
  });
});
