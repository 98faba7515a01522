import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_MS } from '../../src/durations.js';
import { listBackups } from '../../src/operations/backup/backup-folder.js';
import { manifestOf, type Manifest } from '../../src/operations/backup/manifest.js';
import { prune } from '../../src/operations/backup/prune.js';
import { shipLog, type Shipped } from '../../src/operations/shipping/ship-log.js';
import { openLog } from '../../src/store/open-log.js';
import { append, feeling, joy } from '../support/appends.js';
import { fullBackup, restoreInScratchFolder } from '../support/backups.js';
import { DATABASES } from '../support/databases.js';
import { liveFolds } from '../support/folds.js';
import { scratchFolder } from '../support/scratch.js';
import { writerOver, type TestDatabase } from '../support/test-database.js';

for (const database of DATABASES) {
  describe(`${database.name}: the order of backups and segments`, () => {
    let db: TestDatabase;
    let folder: string;
    let first: Manifest;
    let since: Shipped | undefined;

    const write = async (commands: number) => {
      const writer = db.writer(liveFolds());
      for (let i = 0; i < commands; i++) await writer.write(append([joy(), feeling('calm', `emotion:${i}`)]));
    };

    const ship = async () => {
      since = await shipLog({ address: db.address, folder, since });
    };

    /** Moves the clock back a day, as seen from the backup: it was made tomorrow. */
    const dateTomorrow = async ({ file }: Manifest) => {
      const path = join(folder, manifestOf(file));
      const tomorrow = new Date(Date.now() + DAY_MS).toISOString();
      const text = await readFile(path, 'utf8');
      await writeFile(path, text.replace(/("createdAt": ")[^"]*/, `$1${tomorrow}`));
    };

    const restored = () => restoreInScratchFolder({ folder }, async (_file, report) => report);

    beforeEach(async () => {
      db = await database.open();
      folder = await scratchFolder();
      since = undefined;
      await write(5);
      first = await fullBackup(db.address, folder);
      await write(5);
      await ship();
    });

    afterEach(async () => {
      await db.close();
      await rm(folder, { recursive: true });
    });

    it('is that in which they were made, although the clock was set back a day', async () => {
      await dateTomorrow(first);
      await write(1);
      await ship();
      const newest = await fullBackup(db.address, folder);
      await write(1);
      await ship();

      expect((await listBackups(folder)).map(({ file }) => file)).toEqual([newest.file, first.file]);
      expect(await restored()).toMatchObject({ backup: newest.file, position: 24 });
    });

    it('decides what is kept: the newest backup, and every segment that it or an older one needs', async () => {
      await dateTomorrow(first);
      const newest = await fullBackup(db.address, folder);
      await write(1);
      await ship();

      expect(await prune(folder, { newest: 2, daily: 0, weekly: 0 }, db.address)).toEqual([]);
      expect(
        await restoreInScratchFolder({ folder, from: first.file }, async (_, report) => report),
      ).toMatchObject({ position: 22 });
      const removed = await prune(folder, { newest: 1, daily: 0, weekly: 0 }, db.address);
      expect(removed.map(({ file }) => file)).toEqual([first.file]);
      expect(await restored()).toMatchObject({ backup: newest.file, position: 22 });
    });

    it('leads to the present past, although a given-up one reaches further', async () => {
      await restoreInScratchFolder({ folder, target: { position: 14 } }, async (file) => {
        await fullBackup({ file }, folder);
        const { log, close } = openLog({ file });
        await writerOver(log, liveFolds()).write(append([feeling('another present')]));
        await close();
        expect(await shipLog({ address: { file }, folder })).toMatchObject({ position: 15 });
      });

      expect(await restored()).toMatchObject({ position: 15, replayed: 1 });
    });
  });
}
