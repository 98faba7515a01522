import { copyFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { Corrupt, NotFound, Refused, type StoreError } from '../../src/errors.js';
import { anchorsOf } from '../../src/operations/backup/anchors.js';
import { listBackups, readBackups } from '../../src/operations/backup/backup-folder.js';
import { BackupState } from '../../src/operations/backup/backup-state.js';
import { manifestOf, type Manifest } from '../../src/operations/backup/manifest.js';
import { prune } from '../../src/operations/backup/prune.js';
import type { RestoreTarget } from '../../src/operations/restore/restore-plan.js';
import { restoreFile, restoreInto } from '../../src/operations/restore/restore.js';
import { mergeSegments } from '../../src/operations/shipping/merge-segments.js';
import { listSegments, segmentsFolder } from '../../src/operations/shipping/segments.js';
import { shipLog, type Shipped } from '../../src/operations/shipping/ship-log.js';
import { openLog } from '../../src/store/open-log.js';
import { readStore } from '../../src/store/open-store-reader.js';
import type { NewEvent } from '../../src/writer/write-command.js';
import { append, feeling, joy, numbers, refusal } from '../support/appends.js';
import {
  flipBit,
  fullBackup,
  restoreInScratchFolder,
  logContentsOf,
  type LogContents,
} from '../support/backups.js';
import { DATABASES } from '../support/databases.js';
import { liveFolds } from '../support/folds.js';
import { noFolds } from '../support/no-folds.js';
import { dropDatabase, migratedDatabase } from '../support/postgresql-databases.js';
import { scratchFolder } from '../support/sqlite-test-database.js';
import { writerOver, type TestDatabase } from '../support/test-database.js';
import { verified } from '../support/verified.js';

const SECOND = 1_000;
const START_MS = Date.parse('2026-03-02T08:00:00Z');

/** The events and receipts up to the position. */
const upTo = ({ events, receipts }: LogContents, position: number): LogContents => ({
  events: events.filter((event) => event.position <= position),
  receipts: receipts.filter((receipt) => receipt.position <= position),
});

for (const database of DATABASES) {
  describe(`${database.name}: a backup folder`, () => {
    let db: TestDatabase;
    let folder: string;
    let clock: number;
    let count: number;
    let since: Shipped | undefined;

    /** Writes commands of three events each, one second apart. */
    const write = async (commands: number) => {
      const writer = db.writer(liveFolds(), { clock: () => clock });
      for (let i = 0; i < commands; i++) {
        clock += SECOND;
        const userId = ['ada', 'bob', 'élan'][count % 3] as string;
        const streamId = `emotion:${userId}`;
        const events = [joy(streamId), feeling('東京 🗼', streamId), feeling('calm', `emotion:${count}`)];
        await writer.write(append(events, { userId, key: `key-${count++}` }));
      }
    };

    const ship = async () => {
      since = await shipLog({ address: db.address, folder, since });
      return since;
    };

    const restoredTo = (target?: RestoreTarget, from?: string) =>
      restoreInScratchFolder({ folder, target, from }, async (file, restored) => ({
        ...restored,
        truth: await logContentsOf({ file }),
      }));

    const restoreError = async (target?: RestoreTarget, from?: string): Promise<StoreError> => {
      const dataDir = await scratchFolder();
      try {
        const error = await refusal(restoreFile(dataDir, { folder, target, from }));
        expect((await readdir(dataDir)).filter((name) => name.includes('.db'))).toEqual([]);
        return error;
      } finally {
        await rm(dataDir, { recursive: true });
      }
    };

    beforeEach(async () => {
      db = await database.open();
      folder = await scratchFolder();
      clock = START_MS;
      count = 0;
      since = undefined;
      await write(5);
    });

    afterEach(async () => {
      await db.close();
      await rm(folder, { recursive: true });
    });

    describe('with a full backup', () => {
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
        await db.writer(noFolds, { clock: () => clock }).write(append([poison], { key: 'poison' }));
        const [event] = await db.log.read({ after: 15, limit: 1 });
        await fullBackup(db.address, folder);
        await ship();

        const restored = await restoredTo();

        const stopped = { projection: 'current-profile', position: 16, eventId: event?.eventId };
        expect(restored.stopped).toEqual([expect.objectContaining(stopped)]);
        expect(restored.projections.map(({ name }) => name)).not.toContain('current-profile');
        expect(restored.projections).toHaveLength(4);
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
    });

    describe('with shipped segments', () => {
      beforeEach(async () => {
        await fullBackup(db.address, folder);
        for (let i = 0; i < 4; i++) {
          await write(2);
          await ship();
        }
      });

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
        since = undefined;
        await ship();
        expect((await listSegments(folder)).at(-1)).toMatchObject({ from: 40, to: 42 });
      });

      it('merges them when there are many, and restores the same log', async () => {
        await readStore(db.address, (reader) => mergeSegments(reader, folder, 3));
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
      expect(await restoredTo({ time: clock - SECOND })).toMatchObject({ position: 15 });
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

    it('gets no backup of a log whose hash chain is broken', async () => {
      await db.tamper(`update events set correlation_id = 'other' where position = 7`);
      const error = await refusal(fullBackup(db.address, folder));
      expect(error).toMatchObject({ code: 'log.damaged' });
      expect(error.message).toContain('position 7');
      expect(await listBackups(folder)).toEqual([]);
    });

    it('does not restore a backup that has fewer receipts than its manifest says', async () => {
      const { file } = await fullBackup(db.address, folder);
      const manifest = join(folder, manifestOf(file));
      const text = await readFile(manifest, 'utf8');
      await writeFile(manifest, text.replace('"receipts": 5', '"receipts": 6'));
      expect(await restoreError()).toMatchObject({ code: 'backup.damaged' });
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
