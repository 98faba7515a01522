import { copyFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { Corrupt, NotFound, Refused, type StoreError } from '../../src/errors.js';
import { anchorsOf } from '../../src/operations/backup/anchors.js';
import { listBackups, manifestOf, readBackups } from '../../src/operations/backup/backup-folder.js';
import { BackupState } from '../../src/operations/backup/backup-state.js';
import type { Manifest } from '../../src/operations/backup/manifest.js';
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
import { fullBackup, restoredElsewhere, truthOf, type Truth } from '../support/backups.js';
import { DATABASES } from '../support/databases.js';
import { liveFolds } from '../support/folds.js';
import { noFolds } from '../support/no-folds.js';
import { dropDatabase, migratedDatabase } from '../support/postgresql-databases.js';
import { scratchFolder } from '../support/sqlite-test-database.js';
import { writerOver, type TestDatabase } from '../support/test-database.js';
import { verified } from '../support/verified.js';

const SECOND = 1_000;
const BEGIN = Date.parse('2026-03-02T08:00:00Z');

/** What was true when the log ended there. */
const upTo = ({ events, receipts }: Truth, position: number): Truth => ({
  events: events.filter((event) => event.position <= position),
  receipts: receipts.filter((receipt) => receipt.position <= position),
});

for (const database of DATABASES) {
  describe(`${database.name}: backups`, () => {
    let db: TestDatabase;
    let folder: string;
    let clock: number;
    let number: number;
    let since: Shipped | undefined;

    /** Each command is of three events, one second after the one before. */
    const write = async (count: number) => {
      const writer = db.writer(liveFolds(), { clock: () => clock });
      for (let i = 0; i < count; i++) {
        clock += SECOND;
        const userId = ['ada', 'bob', 'élan'][number % 3] as string;
        const streamId = `emotion:${userId}`;
        const events = [joy(streamId), feeling('東京 🗼', streamId), feeling('calm', `emotion:${number}`)];
        await writer.write(append(events, { userId, key: `key-${number++}` }));
      }
    };

    const ship = async () => {
      since = await shipLog({ address: db.address, folder, since });
      return since;
    };

    const restoredTo = (target?: RestoreTarget, from?: string) =>
      restoredElsewhere({ folder, target, from }, async (file, restored) => ({
        ...restored,
        truth: await truthOf({ file }),
      }));

    const refused = async (target?: RestoreTarget, from?: string): Promise<StoreError> => {
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
      clock = BEGIN;
      number = 0;
      since = undefined;
      await write(5);
    });

    afterEach(async () => {
      await db.close();
      await rm(folder, { recursive: true });
    });

    describe('a full one', () => {
      it('is restored with the same log, receipts and rows', async () => {
        const manifest = await fullBackup(db.address, folder);
        expect(manifest).toMatchObject({ position: 15, events: 15, receipts: 5, verified: true });
        await write(2);

        const restored = await restoredTo();

        expect(restored).toMatchObject({
          position: 15,
          chainHead: manifest.chainHead,
          backup: manifest.file,
        });
        expect(restored.truth).toEqual(upTo(await truthOf(db.address), 15));
        expect(restored.digests.map(({ name, restored: digest }) => [name, digest])).toEqual(
          manifest.projections.map(({ name, digest }) => [name, digest]),
        );
        expect(restored.projections.map(({ name, digestLive }) => [name, digestLive])).toEqual(
          manifest.projections.map(({ name, digest }) => [name, digest]),
        );
      });

      it('is restored into an empty PostgreSQL database', async () => {
        const url = await migratedDatabase();
        try {
          await fullBackup(db.address, folder);
          await ship();
          await write(2);
          await ship();
          const restored = await restoreInto({ url }, { folder });
          expect(restored).toMatchObject({ position: 21, replayed: 6, keptAside: null });
          expect(await truthOf({ url })).toEqual(await truthOf(db.address));
        } finally {
          await dropDatabase(url);
        }
      });

      it.each([
        ['an event without a receipt', append([joy()])],
        ['a receipt without an event', append([], { key: 'k' })],
      ])('is refused by a PostgreSQL database that has %s', async (_what, command) => {
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

      it('is restored also where the folds of a projection cannot take an event, which is told', async () => {
        // Valid as its type says, but no change.
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
        expect(restored.projections).toHaveLength(3);
        expect(restored.truth).toEqual(await truthOf(db.address));
      });

      it('of an empty store is restored too', async () => {
        const empty = await database.open();
        const manifest = await fullBackup(empty.address, folder);
        await empty.close();
        expect(manifest).toMatchObject({ position: 0, events: 0, recordedAt: null });
        expect(await restoredTo()).toMatchObject({ position: 0, truth: { events: [], receipts: [] } });
      });

      it('accuses no log for what is otherwise in it since a restore has given up a past', async () => {
        await fullBackup(db.address, folder);
        await write(1);
        await fullBackup(db.address, folder);
        await restoredElsewhere({ folder, target: { position: 15 } }, async (file) => {
          const { log, close } = openLog({ file });
          await writerOver(log, liveFolds()).write(append(numbers(3).map(() => feeling('another present'))));
          await close();
          const report = await verified({ address: { file } }, { anchors: await anchorsOf(folder) });
          expect(report).toMatchObject({ ok: true, findings: [], position: 18 });
        });
      });

      it('has its manifest beside it, and nothing else stays in the folder', async () => {
        const { file } = await fullBackup(db.address, folder);
        const ending = /\.(db|ndjson)\.zst$/;
        expect(file).toMatch(/^edgesoul_backup_\d{4}-\d\d-\d\dT[\d-]+Z\.(db|ndjson)\.zst$/);
        expect((await readdir(folder)).toSorted()).toEqual([file, file.replace(ending, '.json')].toSorted());
        const manifest = await readFile(join(folder, file.replace(ending, '.json')), 'utf8');
        expect(manifest).not.toContain('postgresql:');
      });
    });

    describe('segments', () => {
      beforeEach(async () => {
        await fullBackup(db.address, folder);
        for (let i = 0; i < 4; i++) {
          await write(2);
          await ship();
        }
      });

      it('bring the store back to their end', async () => {
        const truth = await truthOf(db.address);
        const restored = await restoredTo();
        expect(restored).toMatchObject({ position: 39, segments: 4, replayed: 24, leftOutFrom: null });
        expect(restored.truth).toEqual(truth);
      });

      it('bring it back to a position, and never to a part of a command', async () => {
        const truth = await truthOf(db.address);
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

      it('bring it back to a time', async () => {
        const truth = await truthOf(db.address);
        for (const [seconds, expected] of [
          [5, 15],
          [6.5, 18],
          [7, 21],
          [12.999, 36],
          [1_000, 39],
        ] as const) {
          const restored = await restoredTo({ time: BEGIN + seconds * SECOND });
          expect([seconds, restored.position]).toEqual([seconds, expected]);
          expect(restored.truth).toEqual(upTo(truth, expected));
        }
      });

      it('go on behind a full backup that ends within one of them', async () => {
        await write(1);
        const { file } = await fullBackup(db.address, folder);
        await write(1);
        await ship();
        const restored = await restoredTo();
        expect(restored).toMatchObject({ backup: file, position: 45, replayed: 3, segments: 1 });
        expect(restored.truth).toEqual(await truthOf(db.address));
      });

      it('go on in another process where this one has ended', async () => {
        await write(1);
        since = undefined;
        await ship();
        expect((await listSegments(folder)).at(-1)).toMatchObject({ from: 40, to: 42 });
      });

      it('are made one where they are many, and restore the same', async () => {
        await readStore(db.address, (reader) => mergeSegments(reader, folder, 3));
        expect((await listSegments(folder)).map(({ from, to }) => [from, to])).toEqual([
          [16, 33],
          [34, 39],
        ]);
        expect((await restoredTo()).truth).toEqual(await truthOf(db.address));
        expect((await restoredTo({ position: 24 })).position).toBe(24);
      });

      it('ask for a full backup where the folder is of another store, or of a past that was given up', async () => {
        const other = await database.open();
        expect(await shipLog({ address: other.address, folder })).toBeUndefined();
        await other.close();
        await restoredElsewhere({ folder, target: { position: 24 } }, async (file) => {
          expect(await shipLog({ address: { file }, folder })).toBeUndefined();
          const { position } = await fullBackup({ file }, folder);
          expect(position).toBe(24);
          expect(await shipLog({ address: { file }, folder })).toMatchObject({ position: 24 });
        });
        // The newest backup is of the new past; the segments of the old one are passed by.
        expect(await restoredTo()).toMatchObject({ position: 24, segments: 0 });
      });

      it.each([[{ position: 14 }], [{ time: BEGIN }], [{ position: 40 }]])(
        'refuse %j, which they do not reach, by saying what they do',
        async (target) => {
          const error = await refused(target);
          expect(error).toBeInstanceOf(Refused);
          expect(error.message).toMatch(/position (15|39)/);
        },
      );

      it('refuse to restore where one of them is missing, by its place', async () => {
        const [, second] = await listSegments(folder);
        await rm(join(segmentsFolder(folder), second?.file ?? ''));
        const error = await refused();
        expect(error.message).toContain('no segment follows position 21');
        expect(error.message).toContain('--to 21');
        expect(await restoredTo({ position: 21 })).toMatchObject({ position: 21 });
        expect((await refused({ position: 30 })).message).toContain('reaches position 21');
      });

      it.each([
        ['flipped', flipped],
        ['cut off', (file: string) => truncate(file, 200)],
        ['another file', (file: string) => writeFile(file, zstdCompressSync('hello\n'))],
        ['not compressed', (file: string) => writeFile(file, 'hello\n')],
      ])('refuse to restore from one that is %s, by its name', async (_what, damage) => {
        const [, second] = await listSegments(folder);
        await damage(join(segmentsFolder(folder), second?.file ?? ''));
        const error = await refused();
        expect(['backup.damaged', 'backup.foreign']).toContain(error.code);
        expect(error.message).toContain(second?.file);
      });

      it('refuse one that stands under the name of another', async () => {
        const [, second, third] = (await listSegments(folder)).map(({ file }) =>
          join(segmentsFolder(folder), file),
        );
        await copyFile(third ?? '', second ?? '');
        const error = await refused();
        expect(error.message).toContain(second);
        expect(error.message).toContain('another range');
      });
    });

    describe('a damaged one is refused by name of the damage', () => {
      let file: string;
      let manifest: string;

      beforeEach(async () => {
        const made = await fullBackup(db.address, folder);
        file = join(folder, made.file);
        manifest = file.replace(/\.(db|ndjson)\.zst$/, '.json');
      });

      const damages: [string, () => Promise<unknown>, RegExp, unknown][] = [
        ['a flipped byte', () => flipped(file), /SHA-256 differs .*: the file was changed/, Corrupt],
        ['its end is gone', () => truncate(file, 300), /truncated, .*: it has 300 of \d+ bytes/, Corrupt],
        ['its data is missing', () => rm(file), /missing/, Corrupt],
        ['a longer file', () => writeFile(file, Buffer.alloc(1e6)), /has 1000000 bytes/, Corrupt],
        ['no JSON in the manifest', () => writeFile(manifest, 'hello'), /not JSON/, Corrupt],
        ['a manifest of something else', () => writeFile(manifest, '{"a":1}'), /not a manifest/, Refused],
      ];

      it.each(damages)('%s', async (_what, damage, message, kind) => {
        await damage();
        const error = await refused(undefined, manifest);
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
        expect((await refused(undefined, manifest)).message).toMatch(
          /its manifest says|manifest belongs to another/,
        );
      });

      it('a backup that is not there', async () => {
        expect(await refused(undefined, 'edgesoul_backup_2020')).toBeInstanceOf(NotFound);
      });
    });

    it('lists the newest first, and what is damaged apart', async () => {
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
      ['manifest is empty', ({ file }) => writeFile(join(folder, manifestOf(file)), '')],
      ['data is gone', ({ file }) => rm(join(folder, file))],
    ])('does not take an older one silently when the %s of the newest', async (_what, damage) => {
      const first = await fullBackup(db.address, folder);
      await write(1);
      const second = await fullBackup(db.address, folder);
      await damage(second);

      const error = await refused();
      expect(error).toMatchObject({ code: 'backup.damaged' });
      expect(error.message).toContain(manifestOf(second.file));
      expect(error.message).toContain(`--from ${first.file}`);
      const state = new BackupState({ folder, continuous: false });
      expect(await state.status()).toMatchObject({
        lastBackup: { file: first.file },
        backupError: expect.stringContaining('edgesoul_backup'),
      });
      expect(await restoredTo(undefined, first.file)).toMatchObject({ position: 15 });
      expect(await refused({ time: Date.now() + 3_600_000 })).toMatchObject({ code: 'backup.damaged' });
      expect(await restoredTo({ time: clock - SECOND })).toMatchObject({ position: 15 });
      expect((await refused({ position: 9 })).message).toContain('is before the oldest backup');
    });

    it('does without a broken one where the log was shipped beyond it', async () => {
      await fullBackup(db.address, folder);
      await write(1);
      await ship();
      const second = await fullBackup(db.address, folder);
      await rm(join(folder, second.file));
      await write(1);
      await ship();
      expect(await restoredTo()).toMatchObject({ position: 21 });
    });

    it('cannot be listed where the folder is none, which is said, and is no broken backup', async () => {
      const file = join(folder, 'file');
      await writeFile(file, '');
      expect(await refusal(readBackups(file))).toMatchObject({ code: 'backup.unreadable', status: 503 });
      expect(await new BackupState({ folder: file, continuous: true }).status()).toMatchObject({
        lastBackup: null,
        backupError: expect.stringContaining(`${file} cannot be read`),
      });
    });

    it('of a log whose chain is broken is not made', async () => {
      await db.tamper(`update events set correlation_id = 'other' where position = 7`);
      const error = await refusal(fullBackup(db.address, folder));
      expect(error).toMatchObject({ code: 'log.damaged' });
      expect(error.message).toContain('position 7');
      expect(await listBackups(folder)).toEqual([]);
    });

    it('is not restored when it has fewer receipts than its manifest says', async () => {
      const { file } = await fullBackup(db.address, folder);
      const manifest = join(folder, manifestOf(file));
      const text = await readFile(manifest, 'utf8');
      await writeFile(manifest, text.replace('"receipts": 5', '"receipts": 6'));
      expect(await refused()).toMatchObject({ code: 'backup.damaged' });
    });

    it('gives the folder a full one anew when someone has emptied it', async () => {
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

    it('of another store replaces none by mistake, and retention leaves it alone', async () => {
      const own = await fullBackup(db.address, folder);
      await write(1);
      await ship();
      const other = await database.open();
      const dataDir = await scratchFolder();
      try {
        await other.writer(liveFolds()).write(append([joy()]));
        await restoreFile(dataDir, { folder, from: own.file });
        const foreign = await fullBackup(other.address, folder);
        const before = await truthOf({ file: join(dataDir, 'edgesoul.db') });

        const error = await refusal(restoreFile(dataDir, { folder }));

        expect(error).toMatchObject({ code: 'restore.other-store' });
        expect(error.message).toContain(foreign.file);
        expect(await truthOf({ file: join(dataDir, 'edgesoul.db') })).toEqual(before);
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

async function flipped(file: string): Promise<void> {
  const bytes = await readFile(file);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 0x40;
  await writeFile(file, bytes);
}
