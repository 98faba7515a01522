import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { edgesoul } from '../support/edgesoul.js';
import { Store } from '../support/store.js';

interface Job {
  drillId: string;
  state: string;
  file: string;
  error?: { code: string; message: string };
}

describe('backups of a service that has only the public key', () => {
  let store: Store;
  let identityFile: string;
  let recipient: string;

  beforeAll(async () => {
    const first = await Store.start();
    identityFile = join(first.folder, '..', `identity-${process.pid}-${Date.now()}.txt`);
    const made = await edgesoul(['backup-keys', 'create', identityFile, '--json'], {});
    ({ recipient } = JSON.parse(made.stdout) as { recipient: string });
    await first.remove();
    store = await Store.start({ BACKUP_RECIPIENT: recipient, BACKUP_CONTINUOUS: '1' });
  });

  afterAll(() => store.remove());

  async function ended(path: string): Promise<Job> {
    for (;;) {
      const { body } = await store.get<Job>(path);
      if (body.state !== 'running') return body;
      await sleep(50);
    }
  }

  it('have their secret key in a file that is for its owner, and that is never overwritten', async () => {
    expect((await stat(identityFile)).mode & 0o777).toBe(0o600);
    const text = await readFile(identityFile, 'utf8');
    expect(text).toContain(`# public key: ${recipient}\nAGE-SECRET-KEY-1`);
    const again = await edgesoul(['backup-keys', 'create', identityFile], {});
    expect([again.code === 0, await readFile(identityFile, 'utf8')]).toEqual([false, text]);
  });

  it('can be made and described there, and restored only where the secret key is', async () => {
    await store.post('/v1/users/ada/emotions', { emotion: 'joy', intensity: 1 });
    // The first one is made by itself: there has to be one before the log is shipped.
    let made: Job[] = [];
    while (!made[0]?.file) {
      await sleep(50);
      made = (await store.get<{ items: Job[] }>('/v1/ops/backups')).body.items;
    }
    expect(made[0].file).toMatch(/\.zst\.age$/);
    const manifest = join(store.settings['BACKUP_DIR'] ?? '', made[0].file.replace(/\..*/, '.json'));
    expect(JSON.parse(await readFile(manifest, 'utf8'))).toMatchObject({ encryptedTo: [recipient] });
    await store.post('/v1/users/ada/emotions', { emotion: 'calm', intensity: 1 });
    const segments = join(store.settings['BACKUP_DIR'] ?? '', 'segments');
    while (!(await readdir(segments).catch(() => [])).some((name) => name.endsWith('.age'))) await sleep(50);

    const { body: drill } = await store.post<Job>('/v1/ops/drills');
    const refused = await ended(`/v1/ops/drills/${drill.drillId}`);
    expect([refused.state, refused.error?.code]).toEqual(['failed', 'backup.encrypted']);
    expect(refused.error?.message).toContain(recipient);

    const args = ['restore', '--drill', '--identity-file', identityFile, '--json'];
    const { code, stdout, stderr } = await edgesoul(args, store.settings);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ position: 3 });
  });
});
