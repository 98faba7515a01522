import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { turn } from '../support/builders.js';
import { edgesoul } from '../support/edgesoul.js';
import { Store } from '../support/store.js';

interface Health {
  status: string;
  details: {
    log: { status: string; why?: string; missing?: string };
    continuous: { position: number | null };
  };
}

let store: Store;

beforeAll(async () => {
  store = await Store.start({ BACKUP_CONTINUOUS: '1' });
});

afterAll(() => store.remove());

async function shippedTo(position: number): Promise<void> {
  for (;;) {
    const { body } = await store.get<Health>('/health/backups');
    if ((body.details.continuous.position ?? 0) >= position) return;
    await sleep(20);
  }
}

const say = async (userMessage: string) => {
  const { status, body } = await store
    .user('ada')
    .post<{ position: number }>('/turns', turn({ userMessage }));
  expect(status).toBe(201);
  return body.position;
};

const saidTo = async () => {
  const { body } = await store.user('ada').get<{ turns: { userMessage: string }[] }>('/conversation');
  return body.turns.map(({ userMessage }) => userMessage);
};

describe('a write-ahead log that is damaged after a kill', () => {
  let kept: number;
  let lost: number;

  it('loses commits, and the service says so, serves on, and backs nothing up over them', async () => {
    kept = await say('kept');
    await shippedTo(kept);
    // The end of a service empties its write-ahead log into the file.
    await store.restart();
    lost = await say('lost');
    await shippedTo(lost);
    await store.stop('SIGKILL');
    await truncate(join(store.dataDir, 'edgesoul.db-wal'), 0);
    await store.restart();

    const ready = await store.get<Health>('/health/ready');
    expect(ready).toMatchObject({ status: 200, body: { details: { log: { status: 'up' } } } });
    expect(ready.body.details.log.missing).toContain(`restore --to ${lost}`);
    const { status, body } = await store.get<Health>('/health/backups');
    expect({ status, log: body.details.log }).toMatchObject({ status: 503, log: { status: 'down' } });
    const metrics = (await store.get<string>('/metrics')).body;
    expect(metrics).toContain(`edgesoul_log_missing_events ${lost - kept}\n`);
    expect(store.log.filter((line) => line.includes('acknowledged events are missing'))).toHaveLength(1);
    await say('since');
    const refused = await edgesoul(['backup'], store.settings);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing is backed up') });
  });

  it('fails verification with exit code 3, with and without a service', async () => {
    const beside = await edgesoul(['verify'], store.settings);
    await store.stop();
    const alone = await edgesoul(['verify'], store.settings);

    for (const { code, stdout } of [beside, alone]) {
      expect(code).toBe(3);
      expect(stdout).toContain(`restore --to ${lost}`);
    }
  });

  it('is mended by the command that was named, which tells what was written since', async () => {
    const { code, stdout } = await edgesoul(['restore', '--to', String(lost)], store.settings);

    expect(code).toBe(0);
    expect(stdout).toMatch(/Events that only it has: \d+, at its positions \d+ to \d+/);
    expect(await edgesoul(['verify'], store.settings)).toMatchObject({ code: 0 });
    await store.restart();
    expect(await saidTo()).toEqual(['kept', 'lost']);
    expect(await store.get<Health>('/health/backups')).toMatchObject({ status: 200 });
  });
});
