import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { turn } from '../support/builders.js';
import { Store } from '../support/store.js';

interface Health {
  details: { continuous: { on: boolean; position: number | null } };
}

const shippedBy = async (store: Store) =>
  (await store.get<Health>('/health/backups')).body.details.continuous.position;

describe('continuous backup by several processes on one database', () => {
  let first: Store;
  let second: Store;

  beforeAll(async () => {
    first = await Store.start({ BACKUP_CONTINUOUS: '1' });
    second = await Store.startOn(first.settings);
  });

  afterAll(async () => {
    await second.stop('SIGKILL');
    await first.remove();
  });

  it('is done by one of them, and taken over by another when that one dies', async () => {
    await first.user('ada').post('/turns', turn());
    let shipped: (number | null)[];
    do {
      await sleep(200);
      shipped = await Promise.all([shippedBy(first), shippedBy(second)]);
    } while (!shipped.includes(3));
    expect(shipped).toContain(null);
    const [dying, other] = shipped[0] === 3 ? [first, second] : [second, first];

    await dying.stop('SIGKILL');
    const { position } = (
      await other.user('ada').post<{ position: number }>('/turns', turn({ userMessage: 'still there' }))
    ).body;
    while ((await shippedBy(other)) !== position) await sleep(200);
    const backups = join(first.folder, 'backups');
    // The new leader continued where the other had ended, and made no second full backup.
    expect((await readdir(backups)).filter((name) => name.endsWith('.zst'))).toHaveLength(1);
    expect((await readdir(join(backups, 'segments'))).length).toBeGreaterThan(0);
  });
});
