import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { takeDataFolder } from '../../src/store/sqlite/data-folder.js';
import { swapSteps } from '../../src/store/sqlite/swap-database.js';
import { numbers } from '../support/appends.js';
import { scratchFolder } from '../support/scratch.js';

const SWAP = { replacement: 'edgesoul.db.restoring', aside: 'edgesoul.db.before-restore' };
const STEPS = swapSteps('', SWAP).length;

describe('a database that takes the place of another', () => {
  let folder: string;

  const contentOf = async (name: string) => readFile(join(folder, name), 'utf8');
  const names = async () =>
    (await readdir(folder)).filter((name) => name.startsWith('edgesoul.db')).toSorted();

  beforeEach(async () => {
    folder = await scratchFolder();
    for (const part of ['', '-wal', '-shm'])
      await writeFile(join(folder, `edgesoul.db${part}`), `old${part}`);
    await writeFile(join(folder, SWAP.replacement), 'new');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('is in place the next time the folder is taken, after whichever step the process was killed', async () => {
    for (const killedAfter of [...numbers(STEPS), STEPS]) {
      for (const step of swapSteps(folder, SWAP).slice(0, killedAfter)) step();
      takeDataFolder(folder).release();
      expect([killedAfter, await contentOf('edgesoul.db')]).toEqual([killedAfter, 'new']);
      for (const part of ['', '-wal', '-shm']) expect(await contentOf(SWAP.aside + part)).toBe(`old${part}`);
      expect(await names()).toEqual(
        ['', '.before-restore', '.before-restore-shm', '.before-restore-wal'].map(
          (end) => `edgesoul.db${end}`,
        ),
      );
      // Back to the start for the next round.
      for (const part of ['', '-wal', '-shm'])
        await writeFile(join(folder, `edgesoul.db${part}`), `old${part}`);
      await writeFile(join(folder, SWAP.replacement), 'new');
      for (const part of ['', '-wal', '-shm']) await rm(join(folder, SWAP.aside + part));
    }
  });

  it('leaves the old one in place before the first step', async () => {
    takeDataFolder(folder).release();
    expect(await contentOf('edgesoul.db')).toBe('old');
  });
});
