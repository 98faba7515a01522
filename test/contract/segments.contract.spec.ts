import { copyFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { Refused } from '../../src/errors.js';
import { mergeSegments } from '../../src/operations/shipping/merge-segments.js';
import { listSegments, segmentsFolder } from '../../src/operations/shipping/segments.js';
import { shipLog } from '../../src/operations/shipping/ship-log.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { BackedUpStore, SECOND, START_MS, upTo } from '../support/backed-up-store.js';
import { flipBit, fullBackup, restoreInScratchFolder, logContentsOf } from '../support/backups.js';
import { DATABASES } from '../support/databases.js';
import type { TestDatabase } from '../support/test-database.js';

for (const database of DATABASES) {
  describe(`${database.name}: a backup folder with shipped segments`, () => {
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
      await fullBackup(db.address, folder);
      for (let i = 0; i < 4; i++) {
        await write(2);
        await ship();
      }
    });

    afterEach(() => store.close());

    it('restores up to their end', async () => {
      const truth = await logContentsOf(db.address);
      const restored = await restoredTo();
      expect(restored).toMatchObject({ position: 39, segments: 4, replayed: 24, leftOutFrom: null });
      expect(restored.truth).toEqual(truth);
    });

    it('restores to a position, but never to part of a command', async () => {
      const truth = await logContentsOf(db.address);
      for (const [position, expected, from] of [
        [15, 15, null],
        [21, 21, null],
        [23, 21, 22],
        [22, 21, 22],
        [27, 27, null],
        [38, 36, 37],
        [39, 39, null],
      ] as const) {
        const restored = await restoredTo({ position });
        expect([position, restored.position, restored.leftOutFrom]).toEqual([position, expected, from]);
        expect(restored.truth).toEqual(upTo(truth, expected));
      }
    });

    it('restores to a point in time', async () => {
      const truth = await logContentsOf(db.address);
      for (const [seconds, expected] of [
        [5, 15],
        [6.5, 18],
        [7, 21],
        [12.999, 36],
        [1_000, 39],
      ] as const) {
        const restored = await restoredTo({ time: START_MS + seconds * SECOND });
        expect([seconds, restored.position]).toEqual([seconds, expected]);
        expect(restored.truth).toEqual(upTo(truth, expected));
      }
    });

    it('restores from a full backup that ends inside one of them', async () => {
      await write(1);
      const { file } = await fullBackup(db.address, folder);
      await write(1);
      await ship();
      const restored = await restoredTo();
      expect(restored).toMatchObject({ backup: file, position: 45, replayed: 3, segments: 1 });
      expect(restored.truth).toEqual(await logContentsOf(db.address));
    });

    it('is continued by another process where the last one stopped', async () => {
      await write(1);
      store.since = undefined;
      await ship();
      expect((await listSegments(folder)).at(-1)).toMatchObject({ from: 40, to: 42 });
    });

    it('merges them when there are many, and restores the same log', async () => {
      await readStore(db.address, (reader) => mergeSegments(reader, folder, { minSegments: 3 }));
      expect((await listSegments(folder)).map(({ from, to }) => [from, to])).toEqual([
        [16, 33],
        [34, 39],
      ]);
      expect((await restoredTo()).truth).toEqual(await logContentsOf(db.address));
      expect((await restoredTo({ position: 24 })).position).toBe(24);
    });

    it('needs a full backup first when it belongs to another store or to an abandoned history', async () => {
      const other = await database.open();
      expect(await shipLog({ address: other.address, folder })).toBeUndefined();
      await other.close();
      await restoreInScratchFolder({ folder, target: { position: 24 } }, async (file) => {
        expect(await shipLog({ address: { file }, folder })).toBeUndefined();
        const { position } = await fullBackup({ file }, folder);
        expect(position).toBe(24);
        expect(await shipLog({ address: { file }, folder })).toMatchObject({ position: 24 });
      });
      // The newest backup belongs to the new history; the segments of the old one are ignored.
      expect(await restoredTo()).toMatchObject({ position: 24, segments: 0 });
    });

    it.each([[{ position: 14 }], [{ time: START_MS }], [{ position: 40 }]])(
      'refuses the target %j outside its range, and names the limit',
      async (target) => {
        const error = await restoreError(target);
        expect(error).toBeInstanceOf(Refused);
        expect(error.message).toMatch(/position (15|39)/);
      },
    );

    it('refuses to restore past a missing segment, and names its position', async () => {
      const [, second] = await listSegments(folder);
      await rm(join(segmentsFolder(folder), second?.file ?? ''));
      const error = await restoreError();
      expect(error.message).toContain('no segment follows position 21');
      expect(error.message).toContain('--to 21');
      expect(await restoredTo({ position: 21 })).toMatchObject({ position: 21 });
      expect((await restoreError({ position: 30 })).message).toContain('reaches position 21');
    });

    it.each([
      ['corrupted', flipBit],
      ['cut off', (file: string) => truncate(file, 200)],
      ['replaced by another file', (file: string) => writeFile(file, zstdCompressSync('hello\n'))],
      ['not compressed', (file: string) => writeFile(file, 'hello\n')],
    ])('refuses to restore from a segment that is %s, and names its file', async (_what, damage) => {
      const [, second] = await listSegments(folder);
      await damage(join(segmentsFolder(folder), second?.file ?? ''));
      const error = await restoreError();
      expect(['backup.damaged', 'backup.foreign']).toContain(error.code);
      expect(error.message).toContain(second?.file);
    });

    it('refuses a segment that has the file name of another', async () => {
      const [, second, third] = (await listSegments(folder)).map(({ file }) =>
        join(segmentsFolder(folder), file),
      );
      await copyFile(third ?? '', second ?? '');
      const error = await restoreError();
      expect(error.message).toContain(second);
      expect(error.message).toContain('another range');
    });
  });
}
