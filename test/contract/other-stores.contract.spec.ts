import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { anchorsOf } from '../../src/operations/backup/anchors.js';
import { onlyOtherStores } from '../../src/operations/backup/backup-errors.js';
import { listBackups } from '../../src/operations/backup/backup-folder.js';
import { BackupState } from '../../src/operations/backup/backup-state.js';
import type { Manifest } from '../../src/operations/backup/manifest.js';
import { identityToDrill, identityWithEvents } from '../../src/operations/backup/own-backups.js';
import { prune } from '../../src/operations/backup/prune.js';
import { choosePlan } from '../../src/operations/restore/choose-plan.js';
import { drill, saveDrill } from '../../src/operations/restore/drill.js';
import { restoreFile } from '../../src/operations/restore/restore.js';
import { shipLog } from '../../src/operations/shipping/ship-log.js';
import { append, joy, refusal } from '../support/appends.js';
import { fullBackup } from '../support/backups.js';
import { DATABASES } from '../support/databases.js';
import { liveFolds } from '../support/folds.js';
import { scratchFolder } from '../support/scratch.js';
import type { TestDatabase } from '../support/test-database.js';

const OTHER = '01987654-3210-7abc-8def-0123456789ab';

const write = (to: TestDatabase, events: number) =>
  to.writer(liveFolds()).write(append(Array.from({ length: events }, () => joy())));

for (const database of DATABASES) {
  describe(`${database.name}: a backup folder of two stores`, () => {
    let db: TestDatabase;
    let other: TestDatabase;
    let folder: string;
    let own: Manifest;
    let foreign: Manifest;

    beforeEach(async () => {
      [db, other] = await Promise.all([database.open(), database.open()]);
      folder = await scratchFolder();
      await other.log.adoptIdentity(OTHER);
      await write(db, 3);
      own = await fullBackup(db.address, folder);
      await write(other, 5);
      foreign = await fullBackup(other.address, folder);
    });

    afterEach(async () => {
      await Promise.all([db.close(), other.close()]);
      await rm(folder, { recursive: true });
    });

    it('proves each log by its own backups only', async () => {
      expect((await anchorsOf(folder, db.address)).map(({ source }) => source)).toEqual([own.file]);
      expect((await anchorsOf(folder, other.address)).map(({ source }) => source)).toEqual([foreign.file]);
    });

    it('reports the last backup of the store itself, not the newest of all', async () => {
      const state = new BackupState({ folder, continuous: false, address: db.address });
      expect(await state.status()).toMatchObject({ lastBackup: { file: own.file } });
    });

    it('tries and restores the backups of the store itself', async () => {
      const storeId = await identityWithEvents(db.address);
      expect((await choosePlan({ folder, storeId })).base.file).toBe(own.file);
      expect((await choosePlan({ folder, storeId: OTHER })).base.file).toBe(foreign.file);
    });

    it('drills the backup of a store without events, as after a reset, once there is one', async () => {
      const empty = await database.open();
      const storeId = '01987654-3210-7abc-8def-0123456789ad';
      try {
        await empty.log.adoptIdentity(storeId);
        expect(await identityToDrill(empty.address, folder)).toBeUndefined();
        expect(await refusal(drill({ folder }))).toMatchObject({ code: 'restore.other-store' });

        const { file } = await fullBackup(empty.address, folder);
        expect(await identityToDrill(empty.address, folder)).toBe(storeId);
        expect(await drill({ folder, storeId })).toMatchObject({ backup: file, position: 0 });
        expect(await drill({ folder, storeId: own.storeId })).toMatchObject({
          backup: own.file,
          position: 3,
        });
      } finally {
        await empty.close();
      }
    });

    it('remembers the last drill of each store, and one of an older release while there is no other', async () => {
      const stateOf = ({ address }: TestDatabase) =>
        new BackupState({ folder, continuous: false, address }).status();
      const error = onlyOtherStores(folder, undefined);
      await saveDrill(folder, undefined, { error });
      expect(await stateOf(db)).toMatchObject({ lastDrill: { ok: false }, drillError: error.message });

      const proof = await drill({ folder, storeId: own.storeId });
      await saveDrill(folder, own.storeId, { proof });
      await saveDrill(folder, OTHER, { error });
      expect(await stateOf(db)).toMatchObject({ lastDrill: { ok: true }, drillError: null });
      expect(await stateOf(other)).toMatchObject({ lastDrill: { ok: false, lastSuccessAt: null } });
    });

    it('restores into no store only what is named, and then again of that store', async () => {
      const dataDir = await scratchFolder();
      try {
        const error = await refusal(restoreFile(dataDir, { folder }));
        expect(error).toMatchObject({ code: 'restore.other-store' });
        expect(error.message).toContain(OTHER);

        await restoreFile(dataDir, { folder, from: own.file });
        expect(await restoreFile(dataDir, { folder })).toMatchObject({ backup: own.file });
        expect(await identityWithEvents({ file: join(dataDir, 'edgesoul.db') })).toBe(own.storeId);
      } finally {
        await rm(dataDir, { recursive: true });
      }
    });

    it('refuses to restore a store of which it has no backup', async () => {
      const storeId = '01987654-3210-7abc-8def-0123456789ac';
      expect(await refusal(choosePlan({ folder, storeId }))).toMatchObject({ code: 'restore.other-store' });
    });

    it('loses no backup of the other store, not even an empty one', async () => {
      const empty = await database.open();
      try {
        await empty.log.adoptIdentity('01987654-3210-7abc-8def-0123456789ad');
        const ofEmpty = await fullBackup(empty.address, folder);
        await write(db, 1);
        const last = await fullBackup(db.address, folder);

        const removed = await prune(folder, { newest: 1, daily: 0, weekly: 0 }, db.address);

        expect(removed.map(({ file }) => file)).toEqual([own.file]);
        expect((await listBackups(folder)).map(({ file }) => file)).toEqual([
          last.file,
          ofEmpty.file,
          foreign.file,
        ]);
      } finally {
        await empty.close();
      }
    });

    it('takes the segments of both, and restores each with its own', async () => {
      await write(db, 2);
      await write(other, 2);
      expect(await shipLog({ address: db.address, folder })).toMatchObject({ position: 5 });
      expect(await shipLog({ address: other.address, folder })).toMatchObject({ position: 7 });
      await write(db, 2);
      expect(await shipLog({ address: db.address, folder })).toMatchObject({ position: 7 });

      expect(await choosePlan({ folder, storeId: own.storeId })).toMatchObject({ base: own, end: 7 });
      expect(await choosePlan({ folder, storeId: OTHER })).toMatchObject({ base: foreign, end: 7 });
      expect(await choosePlan({ folder, from: own.file })).toMatchObject({ base: own, end: 7 });
    });
  });
}
