import { certificateOf, certificatesOf } from '../../src/operations/erasure/certificate.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { allEvents, refusal } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { beginErasure, finish, reopen } from '../support/erase.js';
import { findings, SECRET, SENT, sent } from '../support/erased-users.js';
import { refoldedRows, storedRows } from '../support/refolded.js';
import { send } from '../support/sent-commands.js';
import type { TestDatabase } from '../support/test-database.js';
import { exportText, importText } from '../support/transfer.js';
import { problemsIn, verified } from '../support/verified.js';

/** There are no backups. */
const folder = '/no/backups';

const certificate = (db: TestDatabase, erasureId: string) =>
  readStore(db.address, (reader) => certificateOf(reader, { erasureId, folder, verify: true }));

for (const database of DATABASES) {
  describe(`${database.name}: an erasure that is done`, () => {
    let db: TestDatabase;

    beforeEach(async () => {
      db = await database.open();
    });

    afterEach(() => db.close());

    it('is certified with what it removed, and the certificate says whether that is still so', async () => {
      const writer = await sent(db);
      const before = await allEvents(db.log);
      const rows = await storedRows(db);
      const { erasureId, position } = await beginErasure(db, writer, 'ada');
      const begun = await certificate(db, erasureId);
      expect(begun).toMatchObject({
        state: 'erasing',
        endedAt: null,
        removed: { events: 0, receipts: 0, rows: {} },
      });
      expect(begun.verification).toMatchObject({ ok: false, complete: true });
      await finish(db);

      const hashes = new Map((await allEvents(db.log)).map((event) => [event.position, event.hash]));
      const ofAda = Object.entries(rows).flatMap(([table, all]) => {
        const count = all.filter((row) => (row as { userId: string }).userId === 'ada').length;
        return count > 0 ? [[table, count] as const] : [];
      });
      const events = before.filter(({ userId }) => userId === 'ada').length;
      const done = await certificate(db, erasureId);
      expect(done).toEqual({
        erasureId,
        userId: 'ada',
        position,
        erasedAt: expect.any(String),
        actor: 'test',
        state: 'done',
        endedAt: expect.any(String),
        events,
        removed: { events, receipts: 6, rows: Object.fromEntries(ofAda) },
        chain: {
          before: { position: position - 1, hash: hashes.get(position - 1) },
          after: { position, hash: hashes.get(position) },
        },
        reopened: null,
        copies: null,
        verification: { ok: true, complete: true, events, problems: 0, findings: [] },
      });
      expect(JSON.stringify(done)).not.toContain(SECRET);
      const page = await readStore(db.address, (reader) => certificatesOf(reader, { limit: 5, folder }));
      expect(page.map((each) => each.erasureId)).toEqual([erasureId]);
      expect(await refusal(certificate(db, 'none'))).toMatchObject({
        code: 'erasure.not-found',
        status: 404,
      });

      await db.tamper('update events set occurred_at = occurred_at + 1 where position = 2');
      await db.tamper("update receipts set user_id = 'ada', position = 1 where user_id = 'bob'");
      await db.tamper("update profiles set user_id = 'ada' where user_id = 'bob'");
      expect((await certificate(db, erasureId)).verification).toMatchObject({ ok: false, problems: 3 });
    });

    it('leaves an id that only an explicit command gives to a new user, who has nothing of the former', async () => {
      const writer = await sent(db);
      expect(await refusal(reopen(writer, 'ada', 'x'))).toMatchObject({ code: 'user.not-erased' });
      expect(await refusal(reopen(writer, 'eve', 'x'))).toMatchObject({ code: 'user.not-found' });
      const { erasureId } = await beginErasure(db, writer, 'ada');
      expect(await refusal(reopen(writer, 'ada', erasureId))).toMatchObject({ code: 'user.erased' });
      await finish(db);
      expect(await refusal(reopen(writer, 'ada', 'x'))).toMatchObject({ code: 'request.invalid' });
      const reopened = await reopen(writer, 'ada', erasureId);
      expect(await refusal(reopen(writer, 'ada', erasureId))).toMatchObject({ code: 'user.not-erased' });

      // The keys and memories of the former are free; nothing of the former counts.
      const again = SENT.filter(({ userId }) => userId === 'ada').map((each) => ({
        ...each,
        input: JSON.parse(JSON.stringify(each.input).replaceAll(SECRET, 'mellon')) as object,
      }));
      const outcomes = [];
      for (const command of again) outcomes.push(await send(writer, { ...command, expected: undefined }));
      expect(outcomes.map(({ replayed }) => replayed)).toEqual(again.map(() => false));
      const stale = { name: 'ChangeProfile', userId: 'ada', input: { name: 'x' }, expected: 2 } as const;
      expect(await refusal(send(writer, stale))).toMatchObject({ code: 'stream.version-conflict' });

      expect(await findings(db)).toEqual([]);
      expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
      expect(problemsIn(await verified(db))).toEqual([]);
      expect(await certificate(db, erasureId)).toMatchObject({ reopened, verification: { ok: true } });

      const text = await exportText(db);
      const other = await database.open();
      await importText(other, text);
      // The import itself has ended the erasure that came with the lines.
      expect(await finish(other)).toEqual([]);
      expect(await storedRows(other)).toEqual(await storedRows(db));
      expect(problemsIn(await verified(other))).toEqual([]);
      await other.close();

      const second = await beginErasure(db, writer, 'ada');
      await finish(db);
      expect(await certificate(db, second.erasureId)).toMatchObject({
        removed: { events: 8, receipts: 6 },
        verification: { ok: true },
      });
      expect(await certificate(db, erasureId)).toMatchObject({ verification: { ok: true } });
      expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
      expect(problemsIn(await verified(db))).toEqual([]);
      expect(await refusal(reopen(writer, 'ada', erasureId))).toMatchObject({ code: 'request.invalid' });
    });
  });
}
