import { rm } from 'node:fs/promises';
import { anchorsOf } from '../../src/operations/backup/anchors.js';
import { findLoss, type Loss } from '../../src/operations/loss/find-loss.js';
import { acceptLoss, leftBehind } from '../../src/operations/loss/give-up.js';
import type { KnownEnd } from '../../src/operations/loss/known-ends.js';
import { verifyWithBackups } from '../../src/operations/loss/verify-with-backups.js';
import { shortHash } from '../../src/operations/shipping/segments.js';
import { shipLog } from '../../src/operations/shipping/ship-log.js';
import type { DatabaseAddress } from '../../src/store/database-address.js';
import { openLog } from '../../src/store/open-log.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { append, joy } from '../support/appends.js';
import { fullBackup, restoreInScratchFolder } from '../support/backups.js';
import { DATABASES } from '../support/databases.js';
import { liveFolds } from '../support/folds.js';
import { scratchFolder } from '../support/scratch.js';
import { writerOver, type TestDatabase } from '../support/test-database.js';

for (const database of DATABASES) {
  describe(`${database.name}: a log that is shorter than what was acknowledged`, () => {
    let db: TestDatabase;
    let folder: string;

    const write = async (commands: number, to: Pick<TestDatabase, 'writer'> = db) => {
      const writer = to.writer(liveFolds());
      for (let i = 0; i < commands; i++) await writer.write(append([joy(), joy(`emotion:${i}`)]));
    };

    /** Removes the last events with everything that came with them, as a damaged write-ahead log does. */
    const loseAfter = (position: number) =>
      db.tamper(
        `delete from events where position > ${position};
         delete from streams where stream_key > ${position};
         delete from user_activity where position > ${position};
         update checkpoints set position = ${position}`,
      );

    const lossOf = (address: DatabaseAddress = db.address, others: KnownEnd[] = []) =>
      readStore(address, (reader) => findLoss({ reader, folder, others }));

    beforeEach(async () => {
      db = await database.open();
      folder = await scratchFolder();
      await write(5);
      await fullBackup(db.address, folder);
      await write(5);
      await shipLog({ address: db.address, folder });
    });

    afterEach(async () => {
      await db.close();
      await rm(folder, { recursive: true });
    });

    it('is found by what was shipped, which a restore can bring back', async () => {
      expect(await lossOf()).toBeUndefined();
      await loseAfter(12);

      expect(await lossOf()).toMatchObject({
        position: 20,
        keptUpTo: 12,
        restorable: 20,
        source: expect.stringContaining('edgesoul_log') as string,
      } satisfies Partial<Loss>);
    });

    it('is found by a head that something else remembers, which no backup can bring back', async () => {
      await write(1);
      const head = await readStore(db.address, (reader) => reader.head());
      const end = {
        position: head.position,
        hash: shortHash(head.hash),
        source: 'a test',
        at: async () => Date.now(),
        inBackups: false,
      };
      expect(await lossOf(db.address, [end])).toBeUndefined();
      await loseAfter(20);

      expect(await lossOf(db.address, [end])).toMatchObject({ position: 22, keptUpTo: 20, restorable: null });
      expect(await lossOf()).toBeUndefined();
    });

    it('is still found when it has grown beyond where it once was', async () => {
      await loseAfter(12);
      await write(9);

      expect(await lossOf()).toMatchObject({ position: 20 });
    });

    it('fails verification, which names the command that brings the events back', async () => {
      await loseAfter(12);
      await write(9);

      const input = { address: db.address, folder, anchors: await anchorsOf(folder, db.address) };
      const { ok, findings } = await verifyWithBackups(input, () => undefined);

      expect(ok).toBe(false);
      expect(findings).toContainEqual(
        expect.objectContaining({ check: 'lost-events', what: expect.stringContaining('restore --to 20') }),
      );
    });

    it('gets no full backup instead of what cannot be shipped', async () => {
      await loseAfter(12);
      await write(9);

      expect(await shipLog({ address: db.address, folder })).toBeUndefined();
      expect(await lossOf()).toBeDefined();
    });

    it('is no loss after a restore to an earlier position, however it goes on', async () => {
      await restoreInScratchFolder({ folder, target: { position: 14 } }, async (file) => {
        expect(await lossOf({ file })).toBeUndefined();
        const { log, close } = openLog({ file });
        await writerOver(log, liveFolds()).write(append([joy()]));
        await close();
        expect(await lossOf({ file })).toBeUndefined();
      });
    });

    it('is no loss after a restore by an older release, which recorded nothing, once it goes on', async () => {
      await loseAfter(12);
      await db.execute(`update store_marks set marked_at = 9999999999999`);
      expect(await lossOf()).toMatchObject({ position: 20 });
      await write(1);

      expect(await lossOf()).toBeUndefined();
    });

    it('is no loss where the backups are of another store', async () => {
      const other = await database.open();
      await other.log.adoptIdentity('01987654-3210-7abc-8def-0123456789ac');
      await write(1, other);

      expect(await lossOf(other.address)).toBeUndefined();
      await other.close();
    });

    it('is no loss any more once an operator has accepted it', async () => {
      await loseAfter(12);
      await write(1);

      expect(await acceptLoss(db.address, folder)).toMatchObject({ position: 20 });
      expect(await lossOf()).toBeUndefined();
      expect(await acceptLoss(db.address, folder)).toBeUndefined();
    });

    it('has what was written since at known positions', async () => {
      await restoreInScratchFolder({ folder }, async (file) => {
        const parting = () =>
          readStore(db.address, (previous) =>
            readStore({ file }, (restored) => leftBehind(previous, restored)),
          );
        expect(await parting()).toBeUndefined();
        await loseAfter(12);
        expect(await parting()).toBeUndefined();
        await write(1);
        expect(await parting()).toEqual({ from: 13, to: 14 });
      });
    });
  });
}
