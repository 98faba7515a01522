import { hash as digestOf } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { erasedCopiesTable, erasuresTable } from '../../src/events/log/erasure/erasure-tables.js';
import type { EventLog } from '../../src/events/log/event-log.js';
import { readManifest, manifestOf, type Manifest } from '../../src/operations/backup/manifest.js';
import { ledgerName, readLedger } from '../../src/operations/copies/ledger.js';
import { syncLedger } from '../../src/operations/copies/logged-erasures.js';
import { rewriteCopies, type RewriteReport } from '../../src/operations/copies/rewrite-copies.js';
import { certificateOf, certificatesOf } from '../../src/operations/erasure/certificate.js';
import { drill } from '../../src/operations/restore/drill.js';
import { restoreFile, type RestoreSource } from '../../src/operations/restore/restore.js';
import { shipLog } from '../../src/operations/shipping/ship-log.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { allEvents, refusal } from '../support/appends.js';
import { fullBackup, logContentsOf, restoreInScratchFolder } from '../support/backups.js';
import { DATABASES } from '../support/databases.js';
import { beginErasure, finish } from '../support/erase.js';
import { liveFolds } from '../support/folds.js';
import { OlderLog } from '../support/older-log.js';
import { scratchFolder } from '../support/scratch.js';
import { send } from '../support/sent-commands.js';
import type { TestDatabase } from '../support/test-database.js';
import { exportText, importText } from '../support/transfer.js';
import { problemsIn, verified } from '../support/verified.js';
import { filesWithWords } from '../support/words-in-folder.js';

/** Words that nothing but ada's data has. */
const SECRET = 'xyzzyplugh';

const wordsIn = (where: string) => filesWithWords(where, [SECRET]);
const ofBob = ({ userId }: { userId: string }) => userId === 'bob';

/** Writes about everything that a user can have. */
async function tell(
  { db, log = db.log }: { db: TestDatabase; log?: EventLog },
  userId: string,
  word: string,
  round = 0,
): Promise<void> {
  const writer = db.writer(liveFolds(), { log });
  const key = (name: string) => ({ key: `${name}-${userId}-${round}` });
  const turn = { sessionId: 's', userMessage: `${word} ${round}`, assistantMessage: word };
  await send(writer, { name: 'RecordTurn', userId, input: turn, ...key('t') });
  await send(writer, { name: 'ChangeProfile', userId, input: { name: `${word} ${round}` }, ...key('p') });
  const memory = { type: 'fact', content: `${word} ${round}`, memoryId: `m${round}` };
  await send(writer, { name: 'FormMemory', userId, input: memory, ...key('m') });
}

for (const database of DATABASES) {
  describe(`${database.name}: the copies of a store`, () => {
    let db: TestDatabase;
    let folder: string;
    let backup: Manifest;
    /** Where the log was before the erasure. */
    let before: number;

    const erasuresOf = (storeId: string) => readLedger(folder, storeId);
    const rewrite = (): Promise<RewriteReport> => rewriteCopies({ address: db.address, folder });

    const certificate = (erasureId: string) =>
      readStore(db.address, (reader) => certificateOf(reader, { erasureId, folder }));

    /** Restores into a scratch folder; which of its files have words of ada, and what its log has. */
    const restored = (source: Omit<RestoreSource, 'folder'> = {}) =>
      restoreInScratchFolder({ folder, ...source }, async (file, report) => ({
        report,
        words: await wordsIn(join(file, '..')),
        problems: problemsIn(await verified({ address: { file } })),
        log: await logContentsOf({ file }),
      }));

    /** A full backup, then a segment, both with ada, who is erased afterwards. */
    const backedUp = async (log = db.log): Promise<void> => {
      await tell({ db, log }, 'ada', SECRET);
      await tell({ db, log }, 'bob', 'harbour');
      backup = await fullBackup(db.address, folder);
      await tell({ db, log }, 'ada', SECRET, 1);
      await tell({ db, log }, 'bob', 'harbour', 1);
      await shipLog({ address: db.address, folder });
      before = (await db.log.head()).position;
    };

    const erase = async (userId = 'ada'): Promise<{ erasureId: string; position: number }> => {
      const erased = await beginErasure(db, db.writer(liveFolds()), userId);
      await finish(db);
      await syncLedger(folder, db.address);
      return erased;
    };

    beforeEach(async () => {
      db = await database.open();
      folder = await scratchFolder();
    });

    afterEach(async () => {
      await db.close();
      await rm(folder, { recursive: true });
    });

    it('are restored without who was erased since: to the end, to a moment before, from a named backup', async () => {
      await backedUp();
      const { erasureId } = await erase();
      expect(await wordsIn(folder)).toHaveLength(2);

      for (const source of [{}, { from: backup.file, target: { position: backup.position } }]) {
        const { report, words, problems, log } = await restored(source);
        expect(report.erasedAgain).toBe(1);
        expect([words, problems]).toEqual([[], []]);
        const end = source.target?.position ?? before;
        expect(log.events.filter(({ userId }) => userId === 'bob').every(({ data }) => data !== '')).toBe(
          true,
        );
        expect(log.events.at(-1)).toMatchObject({
          position: end + 1,
          type: 'user.erased',
          userId: 'ada',
          actor: 'edgesoul-restore',
        });
        expect(JSON.parse(String(log.events.at(-1)?.data))).toMatchObject({ repeats: erasureId });
      }
      expect(await drill({ folder })).toMatchObject({ erasedAgain: 1 });
      // What all this is for: without the ledger they come back.
      const back = await restored({ target: { position: before }, withoutLedger: true });
      expect([back.report.erasedAgain, back.words]).toEqual([0, ['edgesoul.db']]);
    });

    it('are rewritten without who was erased: nothing in any file, the same log, each file verified', async () => {
      await backedUp();
      const whole = await restored({ withoutLedger: true });
      const { erasureId, position } = await erase();
      const pending = await certificate(erasureId);
      expect(pending).toMatchObject({ state: 'copies-pending', copies: { rewritten: [], unknown: null } });
      expect(pending.copies?.stillHolding).toEqual([
        { file: backup.file, why: null },
        { file: expect.stringMatching(/^segments\//), why: null },
      ]);

      const report = await rewrite();

      expect(report).toMatchObject({ erasures: 1, unreached: [] });
      expect(report.rewritten.map(({ erasureIds }) => erasureIds)).toEqual([[erasureId], [erasureId]]);
      expect(await wordsIn(folder)).toEqual([]);
      const manifest = await readManifest(folder, manifestOf(backup.file));
      expect(manifest).toMatchObject({
        chainHead: backup.chainHead,
        position: backup.position,
        receipts: 3,
        ledger: { entries: 1 },
        rewritten: { previousSha256: backup.sha256, erasureIds: [erasureId] },
      });
      expect(await db.rows(erasedCopiesTable)).toEqual(
        report.rewritten
          .map(({ erasureIds: _ids, ...file }) => ({ erasureId, ...file, rewrittenAt: expect.any(Number) }))
          .toSorted((a, b) => (a.file < b.file ? -1 : 1)),
      );
      const done = await certificate(erasureId);
      expect(done).toMatchObject({ state: 'done', copies: { stillHolding: [], unknown: null } });
      // What it says of each file is what `sha256sum` says.
      for (const { file, sha256, previousSha256 } of done.copies?.rewritten ?? []) {
        expect(sha256).toBe(digestOf('sha256', await readFile(join(folder, file)), 'hex'));
        expect(previousSha256).not.toBe(sha256);
      }
      expect(done.copies?.rewritten.map(({ file }) => file)).toEqual(
        pending.copies?.stillHolding.map(({ file }) => file),
      );
      for (const target of [undefined, { position: backup.position }]) {
        const { words, problems, log } = await restored({ target });
        expect([words, problems]).toEqual([[], []]);
        const shared = target?.position ?? before;
        expect(log.events.slice(0, shared).map(({ hash }) => hash)).toEqual(
          whole.log.events.slice(0, shared).map(({ hash }) => hash),
        );
        expect(log.events.filter(ofBob)).toEqual(
          whole.log.events.filter(ofBob).filter((event) => event.position <= shared),
        );
      }
      // Also without the ledger: nobody has the data any more.
      expect((await restored({ target: { position: before }, withoutLedger: true })).words).toEqual([]);
      expect(await rewrite()).toMatchObject({ rewritten: [] });
      // The log goes on after the rewritten files, to the erasure itself.
      await shipLog({ address: db.address, folder });
      const { report: end, log } = await restored();
      expect([end.erasedAgain, log.events.length]).toEqual([0, position]);
    });

    it('of events without a seal are rewritten too, and what is left of them is covered in each restore', async () => {
      await backedUp(new OlderLog(db.log));
      await erase();
      await rewrite();
      expect(await wordsIn(folder)).toEqual([]);
      expect((await restored({ target: { position: before } })).problems).toEqual([]);
      await shipLog({ address: db.address, folder });
      expect((await restored()).problems).toEqual([]);
    });

    it('that were made or sealed while an erasure was under way have nobody either', async () => {
      await tell({ db }, 'ada', SECRET);
      await tell({ db }, 'bob', 'harbour');
      await fullBackup(db.address, folder);
      await rewrite();
      await tell({ db }, 'ada', SECRET, 1);
      await beginErasure(db, db.writer(liveFolds()), 'ada');
      await fullBackup(db.address, folder);
      await shipLog({ address: db.address, folder });
      expect(await wordsIn(folder)).toHaveLength(1);
      expect((await rewrite()).rewritten).toHaveLength(1);
      expect(await wordsIn(folder)).toEqual([]);
    });

    it('are not restored if their ledger is missing, was cut off or changed, unless that is said', async () => {
      await backedUp();
      await erase();
      await rewrite();
      const ledger = join(folder, ledgerName(await readStore(db.address, (reader) => reader.storeId())));
      const text = await readFile(ledger, 'utf8');
      const dataDir = await scratchFolder();
      const error = () => refusal(restoreFile(dataDir, { folder, target: { position: before } }));

      await rm(ledger);
      expect(await error()).toMatchObject({ code: 'restore.ledger-missing' });
      expect(await refusal(drill({ folder }))).toMatchObject({ code: 'restore.ledger-missing' });
      await writeFile(ledger, text.replace('"ada"', '"eve"'));
      expect(await error()).toMatchObject({ code: 'backup.damaged' });
      await writeFile(ledger, '');
      expect(await error()).toMatchObject({ code: 'restore.ledger-missing' });
      expect((await restored({ withoutLedger: true })).report.erasedAgain).toBe(0);
      // The store knows all the same, and writes it as it was.
      await syncLedger(folder, db.address);
      expect(await readFile(ledger, 'utf8')).toBe(text);
      await rm(dataDir, { recursive: true });
    });

    it('know whom the store that is replaced has erased, even if the folder does not', async () => {
      await backedUp();
      await erase();
      await shipLog({ address: db.address, folder });
      const dataDir = await scratchFolder();
      await restoreFile(dataDir, { folder });
      await rm(join(folder, ledgerName(await readStore(db.address, (reader) => reader.storeId()))));

      const { erasedAgain } = await restoreFile(dataDir, { folder, target: { position: before } });

      expect([erasedAgain, await wordsIn(dataDir)]).toEqual([1, []]);
      await rm(dataDir, { recursive: true });
    });

    it('of another store are left alone, and its ledger takes nobody here', async () => {
      await backedUp();
      const other = await database.open();
      await other.log.adoptIdentity('01a22e56-d2d2-7c3f-b348-baa230583f5f');
      await tell({ db: other }, 'ada', 'harbour');
      await beginErasure(other, other.writer(liveFolds()), 'ada');
      await finish(other);
      await syncLedger(folder, other.address);
      const report = await rewriteCopies({ address: other.address, folder });
      expect([report.rewritten, (await wordsIn(folder)).length]).toEqual([[], 2]);
      const { report: same } = await restored({});
      expect(same.erasedAgain).toBe(0);
      await other.close();
    });

    it('can be restored whenever the exchange of a file is stopped, and the next rewriting ends it', async () => {
      await backedUp();
      await erase();
      const manifest = join(folder, manifestOf(backup.file));
      const was = JSON.parse(await readFile(manifest, 'utf8')) as Manifest;
      const data = await readFile(join(folder, backup.file));
      await rewrite();
      const is = JSON.parse(await readFile(manifest, 'utf8')) as Manifest;
      const between = JSON.stringify({ ...was, next: is });

      // The data file is exchanged, its manifest is not.
      await writeFile(manifest, between);
      expect(await readManifest(folder, manifestOf(backup.file))).toEqual(is);
      expect((await restored({ from: backup.file, target: { position: backup.position } })).words).toEqual(
        [],
      );
      await rewrite();
      expect(JSON.parse(await readFile(manifest, 'utf8'))).toEqual(is);
      // The data file is not exchanged yet.
      await writeFile(manifest, between);
      await writeFile(join(folder, backup.file), data);
      expect(await readManifest(folder, manifestOf(backup.file))).toEqual(was);
      await rewrite();
      expect(await wordsIn(folder)).toEqual([]);
    });

    it('that cannot be rewritten do not keep the others from it, and are named', async () => {
      await backedUp();
      const second = await fullBackup(db.address, folder);
      const { erasureId } = await erase();
      await writeFile(join(folder, backup.file), Buffer.alloc(backup.bytes, 7));
      const report = await rewrite();
      expect(await certificate(erasureId)).toMatchObject({
        state: 'copies-unreachable',
        copies: { stillHolding: report.unreached, rewritten: [{ file: second.file }, {}] },
      });
      await writeFile(
        join(folder, ledgerName(await readStore(db.address, (reader) => reader.storeId()))),
        'x\n',
      );
      expect(await certificate(erasureId)).toMatchObject({
        state: 'copies-unreachable',
        copies: { unknown: expect.stringContaining('line 1') },
      });
      expect(
        await readStore(db.address, (reader) => certificatesOf(reader, { limit: 1, folder })),
      ).toMatchObject([{ erasureId, state: 'copies-unreachable' }]);
      expect(report.unreached).toEqual([{ file: backup.file, why: expect.stringContaining('SHA-256') }]);
      expect(report.rewritten.map(({ file }) => file)).toContain(second.file);
      expect(await wordsIn(folder).catch(() => ['damaged'])).toEqual(['damaged']);
    });

    it('bring nobody back as lines: into an empty store, or appended to this one or to another', async () => {
      await tell({ db }, 'ada', SECRET);
      await tell({ db }, 'bob', 'harbour');
      const old = await exportText(db);
      const ofAda = await exportText(db, { after: 0, userId: 'ada' });
      await erase();

      const empty = await database.open();
      const report = await importText(empty, old, { erasuresOf });
      expect(report.erasedAgain).toBe(1);
      expect(await empty.rows(erasuresTable)).toMatchObject([{ userId: 'ada', pending: false }]);
      expect(await exportText(empty)).not.toContain(SECRET);
      expect(problemsIn(report.verified as never)).toEqual([]);
      const used = await database.open();
      await tell({ db: used }, 'eve', 'wind');
      for (const [text, leftOut] of [
        [old, expect.any(Number)],
        [ofAda, expect.any(Number)],
      ] as const) {
        const appended = await importText(used, text, { append: true, erasuresOf });
        expect(appended).toMatchObject({ leftOut, verified: { ok: true } });
        expect(appended.leftOut).toBeGreaterThan(0);
      }
      expect(await exportText(used)).not.toContain('"ada"');
      // The store itself has the events already; their receipts must not come back either, ledger or not.
      const again = await importText(db, old, { append: true });
      expect(again).toMatchObject({ events: 0, verified: { ok: true } });
      expect(await exportText(db)).not.toContain(SECRET);
      expect((await allEvents(used.log)).some(({ userId }) => userId === 'bob')).toBe(true);
      // Without the ledger the import brings the user back: that is what it is for.
      const unknowing = await database.open();
      await importText(unknowing, old);
      expect(await exportText(unknowing)).toContain(SECRET);
      for (const each of [empty, used, unknowing]) await each.close();
    });
  });
}
