import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Corrupt, NotFound, Refused } from '../../src/errors.js';
import { readBackups } from '../../src/operations/backup/backup-folder.js';
import { BackupState } from '../../src/operations/backup/backup-state.js';
import { manifestOf, type Manifest } from '../../src/operations/backup/manifest.js';
import { refusal } from '../support/appends.js';
import { BackedUpStore, SECOND } from '../support/backed-up-store.js';
import { flipBit, fullBackup } from '../support/backups.js';
import { DATABASES } from '../support/databases.js';
import type { TestDatabase } from '../support/test-database.js';

for (const database of DATABASES) {
  describe(`${database.name}: a backup folder with damage`, () => {
    let store: BackedUpStore;
    let db: TestDatabase;
    let folder: string;
    let write: BackedUpStore['write'];
    let ship: BackedUpStore['ship'];
    let restoredTo: BackedUpStore['restoredTo'];
    let restoreError: BackedUpStore['restoreError'];

    beforeEach(async () => {
      store = await BackedUpStore.open(database);
      ({ db, folder, write, ship, restoredTo, restoreError } = store);
    });

    afterEach(() => store.close());

    describe('refuses to restore, and names the problem:', () => {
      let file: string;
      let manifest: string;

      beforeEach(async () => {
        const made = await fullBackup(db.address, folder);
        file = join(folder, made.file);
        manifest = file.replace(/\.(db|ndjson)\.zst$/, '.json');
      });

      const damages: [string, () => Promise<unknown>, RegExp, unknown][] = [
        ['a flipped byte', () => flipBit(file), /SHA-256 differs .*: the file was changed/, Corrupt],
        ['a truncated file', () => truncate(file, 300), /truncated, .*: it has 300 of \d+ bytes/, Corrupt],
        ['a missing data file', () => rm(file), /missing/, Corrupt],
        ['a longer file', () => writeFile(file, Buffer.alloc(1e6)), /has 1000000 bytes/, Corrupt],
        ['a manifest that is not JSON', () => writeFile(manifest, 'hello'), /not JSON/, Corrupt],
        [
          'a JSON file that is not a manifest',
          () => writeFile(manifest, '{"a":1}'),
          /not a manifest/,
          Refused,
        ],
      ];

      it.each(damages)('%s', async (_what, damage, message, kind) => {
        await damage();
        const error = await restoreError(undefined, manifest);
        expect(error).toBeInstanceOf(kind);
        expect(error.message).toMatch(message);
        expect(error.message).toContain(folder);
      });

      it('the manifest of another backup', async () => {
        await write(1);
        const other = await fullBackup(db.address, folder);
        const otherManifest = other.file.replace(/\.(db|ndjson)\.zst$/, '.json');
        const text = await readFile(join(folder, otherManifest), 'utf8');
        await writeFile(manifest, text.replaceAll(other.file, file.slice(folder.length + 1)));
        expect((await restoreError(undefined, manifest)).message).toMatch(
          /its manifest says|manifest belongs to another/,
        );
      });

      it('a backup that does not exist', async () => {
        expect(await restoreError(undefined, 'edgesoul_backup_2020')).toBeInstanceOf(NotFound);
      });
    });

    it('lists the newest backup first, and broken ones separately', async () => {
      const first = await fullBackup(db.address, folder);
      const second = await fullBackup(db.address, folder);
      await writeFile(join(folder, 'edgesoul_backup_3.json'), 'hello');
      const { backups, broken } = await readBackups(folder);
      expect(backups.map(({ file }) => file)).toEqual([second.file, first.file]);
      expect(broken).toEqual([
        { name: 'edgesoul_backup_3.json', why: expect.stringContaining('it is not JSON') },
      ]);
    });

    it.each<[string, (manifest: Manifest) => Promise<unknown>]>([
      ['has an empty manifest', ({ file }) => writeFile(join(folder, manifestOf(file)), '')],
      ['has lost its data file', ({ file }) => rm(join(folder, file))],
    ])('does not fall back silently to an older backup when the newest one %s', async (_what, damage) => {
      const first = await fullBackup(db.address, folder);
      await write(1);
      const second = await fullBackup(db.address, folder);
      await damage(second);

      const error = await restoreError();
      expect(error).toMatchObject({ code: 'backup.damaged' });
      expect(error.message).toContain(manifestOf(second.file));
      expect(error.message).toContain(`--from ${first.file}`);
      const state = new BackupState({ folder, continuous: false });
      expect(await state.status()).toMatchObject({
        lastBackup: { file: first.file },
        backupError: expect.stringContaining('edgesoul_backup'),
      });
      expect(await restoredTo(undefined, first.file)).toMatchObject({ position: 15 });
      expect(await restoreError({ time: Date.now() + 3_600_000 })).toMatchObject({ code: 'backup.damaged' });
      expect(await restoredTo({ time: store.clock - SECOND })).toMatchObject({ position: 15 });
      expect((await restoreError({ position: 9 })).message).toContain('is before the oldest backup');
    });

    it('restores without a broken backup when the log was shipped past it', async () => {
      await fullBackup(db.address, folder);
      await write(1);
      await ship();
      const second = await fullBackup(db.address, folder);
      await rm(join(folder, second.file));
      await write(1);
      await ship();
      expect(await restoredTo()).toMatchObject({ position: 21 });
    });

    it('is reported as unreadable, not as a broken backup, when its path is not a folder', async () => {
      const file = join(folder, 'file');
      await writeFile(file, '');
      expect(await refusal(readBackups(file))).toMatchObject({ code: 'backup.unreadable', status: 503 });
      expect(await new BackupState({ folder: file, continuous: true }).status()).toMatchObject({
        lastBackup: null,
        backupError: expect.stringContaining(`${file} cannot be read`),
      });
    });
    it('does not restore a backup that has fewer receipts than its manifest says', async () => {
      const { file } = await fullBackup(db.address, folder);
      const manifest = join(folder, manifestOf(file));
      const text = await readFile(manifest, 'utf8');
      await writeFile(manifest, text.replace('"receipts": 5', '"receipts": 6'));
      expect(await restoreError()).toMatchObject({ code: 'backup.damaged' });
    });
  });
}
