import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { anchorsOf } from '../../src/operations/backup/anchors.js';
import { listBackups } from '../../src/operations/backup/backup-folder.js';
import { prune } from '../../src/operations/backup/prune.js';
import { restoreFile, restoreInto } from '../../src/operations/restore/restore.js';
import { listSegments } from '../../src/operations/shipping/segments.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { openLog } from '../../src/store/open-log.js';
import type { NewEvent } from '../../src/writer/write-command.js';
import { append, feeling, joy, numbers, refusal } from '../support/appends.js';
import { BackedUpStore, upTo } from '../support/backed-up-store.js';
import { fullBackup, restoreInScratchFolder, logContentsOf } from '../support/backups.js';
import { DATABASES } from '../support/databases.js';
import { liveFolds } from '../support/folds.js';
import { noFolds } from '../support/no-folds.js';
import { dropDatabase, migratedDatabase } from '../support/postgresql-databases.js';
import { scratchFolder } from '../support/scratch.js';
import { writerOver, type TestDatabase } from '../support/test-database.js';
import { verified } from '../support/verified.js';

for (const database of DATABASES) {
  describe(`${database.name}: a full backup`, () => {
    let store: BackedUpStore;
    let db: TestDatabase;
    let folder: string;
    let write: BackedUpStore['write'];
    let ship: BackedUpStore['ship'];
    let restoredTo: BackedUpStore['restoredTo'];

    beforeEach(async () => {
      store = await BackedUpStore.open(database);
      ({ db, folder, write, ship, restoredTo } = store);
    });

    afterEach(() => store.close());

    it('restores the same log, receipts and rows', async () => {
      const manifest = await fullBackup(db.address, folder);
      expect(manifest).toMatchObject({ position: 15, events: 15, receipts: 5, verified: true });
      await write(2);

      const restored = await restoredTo();

      expect(restored).toMatchObject({
        position: 15,
        chainHead: manifest.chainHead,
        backup: manifest.file,
      });
      expect(restored.truth).toEqual(upTo(await logContentsOf(db.address), 15));
      expect(restored.digests.map(({ name, restored: digest }) => [name, digest])).toEqual(
        manifest.projections.map(({ name, digest }) => [name, digest]),
      );
      expect(restored.projections.map(({ name, digestLive }) => [name, digestLive])).toEqual(
        manifest.projections.map(({ name, digest }) => [name, digest]),
      );
    });

    it('can be restored into an empty PostgreSQL database', async () => {
      const url = await migratedDatabase();
      try {
        await fullBackup(db.address, folder);
        await ship();
        await write(2);
        await ship();
        const restored = await restoreInto({ url }, { folder });
        expect(restored).toMatchObject({ position: 21, replayed: 6, keptAside: null });
        expect(await logContentsOf({ url })).toEqual(await logContentsOf(db.address));
      } finally {
        await dropDatabase(url);
      }
    });

    it.each([
      ['an event without a receipt', append([joy()])],
      ['a receipt without an event', append([], { key: 'k' })],
    ])('is not restored into a PostgreSQL database that has %s', async (_what, command) => {
      const url = await migratedDatabase();
      const { log, close } = openLog({ url });
      await writerOver(log, noFolds).write(command);
      await close();
      await fullBackup(db.address, folder);
      const error = await refusal(restoreInto({ url }, { folder }));
      await dropDatabase(url);
      expect(error.code).toBe('restore.not-empty');
      expect(error.message).not.toContain('@');
    });

    it('can be restored even if a projection cannot fold an event, and the report names that event', async () => {
      // Passes the check of its type, but no fold can read its change.
      const poison = {
        type: 'profile.changed',
        streamId: 'profile:ada',
        data: { changes: { name: null } },
      } as unknown as NewEvent;
      await db.writer(noFolds, { clock: () => store.clock }).write(append([poison], { key: 'poison' }));
      const [event] = await db.log.read({ after: 15, limit: 1 });
      await fullBackup(db.address, folder);
      await ship();

      const restored = await restoredTo();

      const stopped = { projection: 'current-profile', position: 16, eventId: event?.eventId };
      expect(restored.stopped).toEqual([expect.objectContaining(stopped)]);
      expect(restored.projections.map(({ name }) => name)).not.toContain('current-profile');
      expect(restored.projections).toHaveLength(PROJECTIONS.length - 1);
      expect(restored.truth).toEqual(await logContentsOf(db.address));
    });

    it('of an empty store can be restored', async () => {
      const empty = await database.open();
      const manifest = await fullBackup(empty.address, folder);
      await empty.close();
      expect(manifest).toMatchObject({ position: 0, events: 0, recordedAt: null });
      expect(await restoredTo()).toMatchObject({ position: 0, truth: { events: [], receipts: [] } });
    });

    it('raises no finding against a log that was restored to an earlier position and then continued', async () => {
      await fullBackup(db.address, folder);
      await write(1);
      await fullBackup(db.address, folder);
      await restoreInScratchFolder({ folder, target: { position: 15 } }, async (file) => {
        const { log, close } = openLog({ file });
        await writerOver(log, liveFolds()).write(append(numbers(3).map(() => feeling('another present'))));
        await close();
        const anchors = await anchorsOf(folder, db.address);
        expect(await verified({ address: { file } }, { anchors })).toMatchObject({ ok: true });
      });
    });

    it('contains only the data file and its manifest', async () => {
      const { file } = await fullBackup(db.address, folder);
      const ending = /\.(db|ndjson)\.zst$/;
      expect(file).toMatch(/^edgesoul_backup_\d{4}-\d\d-\d\dT[\d-]+Z\.(db|ndjson)\.zst$/);
      expect((await readdir(folder)).toSorted()).toEqual([file, file.replace(ending, '.json')].toSorted());
      const manifest = await readFile(join(folder, file.replace(ending, '.json')), 'utf8');
      expect(manifest).not.toContain('postgresql:');
    });

    it('gets no backup of a log whose hash chain is broken', async () => {
      await db.tamper(`update events set correlation_id = 'other' where position = 7`);
      const error = await refusal(fullBackup(db.address, folder));
      expect(error).toMatchObject({ code: 'log.damaged' });
      expect(error.message).toContain('position 7');
      expect(await listBackups(folder)).toEqual([]);
    });
    it('needs a new full backup after someone has emptied it', async () => {
      await fullBackup(db.address, folder);
      await write(1);
      expect(await ship()).toMatchObject({ position: 18 });
      await rm(folder, { recursive: true });
      await write(1);
      expect(await ship()).toBeUndefined();
      expect(await listSegments(folder)).toEqual([]);
      await fullBackup(db.address, folder);
      expect(await ship()).toMatchObject({ position: 21 });
      expect(await restoredTo()).toMatchObject({ position: 21 });
    });

    it('restores and prunes the backups of another store only when that store is named', async () => {
      const own = await fullBackup(db.address, folder);
      await write(1);
      await ship();
      const other = await database.open();
      const dataDir = await scratchFolder();
      try {
        await other.writer(liveFolds()).write(append([joy()]));
        await restoreFile(dataDir, { folder, from: own.file });
        const foreign = await fullBackup(other.address, folder);
        const before = await logContentsOf({ file: join(dataDir, 'edgesoul.db') });

        const error = await refusal(restoreFile(dataDir, { folder }));

        expect(error).toMatchObject({ code: 'restore.other-store' });
        expect(error.message).toContain(foreign.file);
        expect(await logContentsOf({ file: join(dataDir, 'edgesoul.db') })).toEqual(before);
        expect((await readdir(dataDir)).filter((name) => name.includes('restoring'))).toEqual([]);
        expect(await restoreFile(dataDir, { folder, from: foreign.file })).toMatchObject({ position: 1 });

        await other.writer(liveFolds()).write(append(numbers(40).map(() => joy())));
        await fullBackup(other.address, folder);
        const removed = await prune(folder, { newest: 1, daily: 0, weekly: 0 }, other.address);
        expect(removed.map(({ file }) => file)).toEqual([foreign.file]);
        expect((await listBackups(folder)).map(({ file }) => file)).toContain(own.file);
        expect(await listSegments(folder)).toHaveLength(1);
      } finally {
        await other.close();
        await rm(dataDir, { recursive: true });
      }
    });
  });
}
