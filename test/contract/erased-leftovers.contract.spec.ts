import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { backUp } from '../../src/operations/backup/back-up.js';
import { removePartials } from '../../src/operations/backup/backup-folder.js';
import { holdingCopies } from '../../src/operations/copies/holding-copies.js';
import { syncLedger } from '../../src/operations/copies/logged-erasures.js';
import { rewriteCopies } from '../../src/operations/copies/rewrite-copies.js';
import { certificateOf, certificatesOf } from '../../src/operations/erasure/certificate.js';
import { shipLog } from '../../src/operations/shipping/ship-log.js';
import { profilesTable } from '../../src/projections/current-profile.projection.js';
import type { DatabaseAddress } from '../../src/store/database-address.js';
import { openLog } from '../../src/store/open-log.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { takeLock } from '../../src/store/sqlite/folder-lock.js';
import { refusal } from '../support/appends.js';
import { fullBackup, restoreInScratchFolder } from '../support/backups.js';
import { DATABASES } from '../support/databases.js';
import { beginErasure, finish, reopen } from '../support/erase.js';
import { SECRET, SENT, sent } from '../support/erased-users.js';
import { liveFolds } from '../support/folds.js';
import { PlanReader, plansWith } from '../support/retract.js';
import { scratchFolder } from '../support/scratch.js';
import { send } from '../support/sent-commands.js';
import { writerOver, type TestDatabase } from '../support/test-database.js';
import { problemsIn, verified } from '../support/verified.js';
import { filesWithWords } from '../support/words-in-folder.js';

for (const database of DATABASES) {
  describe(`${database.name}: beside the copies of a store, an erasure`, () => {
    let db: TestDatabase;
    let folder: string;

    const wordsIn = () => filesWithWords(folder, [SECRET]);
    const rewrite = (address: DatabaseAddress = db.address) => rewriteCopies({ address, folder });
    const certificate = (erasureId: string, address = db.address) =>
      readStore(address, (reader) => certificateOf(reader, { erasureId, folder }));

    const erase = async (): Promise<string> => {
      const { erasureId } = await beginErasure(db, db.writer(liveFolds()), 'ada');
      await finish(db);
      await syncLedger(folder, db.address);
      return erasureId;
    };

    /** A file with words of ada in the backup folder, as a process leaves it that is killed. */
    const leave = async (name: string): Promise<void> => {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), `… ${SECRET} …`);
    };
    const scratch = async () => (await readdir(folder)).filter((name) => /^\.(?!.*lock)/.test(name));

    beforeEach(async () => {
      db = await database.open();
      folder = await scratchFolder();
      await sent(db);
    });

    afterEach(async () => {
      await db.close();
      await rm(folder, { recursive: true });
    });

    it('removes what killed drills, backups and restores have unpacked, and is not done before', async () => {
      await fullBackup(db.address, folder);
      for (const name of ['.drill-a/edgesoul.db', '.partial-b/x.db', '.restoring-c.db', '.restoring-d.db'])
        await leave(name);
      const erasureId = await erase();
      expect(await scratch()).toHaveLength(4);
      // A drill and one of the restores go on.
      const locks = ['drill.lock', '.restoring-d.lock'].map((name) => takeLock(join(folder, name)));
      await rewrite();

      const inUse = ['.drill-a', '.restoring-d.db'];
      expect(await scratch()).toEqual(inUse);
      const listed = inUse.map((file) => ({ file, why: null }));
      expect(await certificate(erasureId)).toMatchObject({
        state: 'copies-pending',
        copies: { stillHolding: listed },
      });
      expect((await holdingCopies(folder, db.address)).stillHolding).toEqual(
        listed.map((each) => ({ ...each, userIds: ['ada'] })),
      );

      for (const lock of locks) lock?.close();
      await rewrite();
      expect([await scratch(), await wordsIn()]).toEqual([[], []]);
      expect(await certificate(erasureId)).toMatchObject({ state: 'done', copies: { stillHolding: [] } });
      // What is unpacked from now on is of copies that have nobody.
      await mkdir(join(folder, '.drill-e'));
      expect(await certificate(erasureId)).toMatchObject({ state: 'done' });
    });

    it('names the copies that are encrypted as ones that cannot be rewritten', async () => {
      const recipients = [await identityToRecipient(await generateX25519Identity())];
      const { file } = await backUp({ address: db.address, folder, recipients });
      await removePartials(folder);
      await send(db.writer(liveFolds()), { name: 'ChangeProfile', userId: 'ada', input: { name: SECRET } });
      await send(db.writer(liveFolds()), { name: 'ChangeProfile', userId: 'ada', input: { name: 'Ada' } });
      await shipLog({ address: db.address, folder, recipients });
      const erasureId = await erase();
      const why = expect.stringContaining('encrypted');
      const stillHolding = [
        { file, why },
        { file: expect.stringMatching(/^segments\/.*\.age$/), why },
      ];

      for (let round = 0; round < 2; round++) {
        expect(await certificate(erasureId)).toMatchObject({
          state: 'copies-unreachable',
          copies: { rewritten: [], stillHolding },
        });
        expect(
          await readStore(db.address, (reader) => certificatesOf(reader, { limit: 1, folder })),
        ).toMatchObject([{ state: 'copies-unreachable' }]);
        expect((await rewrite()).unreached).toEqual(stillHolding);
      }
    });

    it('that a restore repeats leaves the id for a new person, whom nothing takes away again', async () => {
      await fullBackup(db.address, folder);
      const { position: before } = await db.log.head();
      const erasureId = await erase();
      await restoreInScratchFolder({ folder, target: { position: before } }, async (file, report) => {
        expect(report).toMatchObject({ erasedAgain: 1, position: before + 1 });
        const address = { file };
        const { log, close } = openLog(address);
        const plans = new PlanReader(address);
        const writer = plansWith(writerOver(log, liveFolds()), plans);
        const list = () =>
          readStore(address, (reader) => certificatesOf(reader, { userId: 'ada', limit: 5, folder }));
        const [again] = await list();
        expect(again).toMatchObject({ position: before + 1, reopened: null, actor: 'edgesoul-restore' });
        const repeated = again?.erasureId ?? '';
        // This log has another erasure than the one that was restored over.
        expect(await refusal(reopen(writer, 'ada', erasureId))).toMatchObject({ code: 'request.invalid' });
        const reopened = await reopen(writer, 'ada', repeated);
        for (const { input, ...command } of SENT.filter(({ userId }) => userId === 'ada')) {
          const said = JSON.parse(JSON.stringify(input).replaceAll(SECRET, 'mellon')) as object;
          await send(writer, { ...command, input: said });
        }
        const second = await fullBackup(address, folder);
        await rewrite(address);

        expect(await wordsIn()).toEqual([]);
        expect(await certificate(repeated, address)).toMatchObject({ state: 'done', reopened });
        expect(problemsIn(await verified({ address }))).toEqual([]);
        for (const from of [undefined, second.file])
          await restoreInScratchFolder({ folder, from }, async (restored, { erasedAgain, position }) => {
            expect([erasedAgain, position]).toEqual([0, second.position]);
            const [profile] = await readStore({ file: restored }, (reader) =>
              reader.rows(profilesTable, { filters: [['userId', '=', 'ada']], order: ['userId'], limit: 1 }),
            );
            expect(profile?.name).toBe('mellon');
          });
        await plans.close();
        await close();
      });
    });
  });
}
