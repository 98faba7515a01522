import * as fc from 'fast-check';
import { erasureRecordsTable } from '../../src/events/log/erasure/erasure-tables.js';
import { erasuresTable } from '../../src/events/log/erasure/erasure-tables.js';
import { receiptsTable } from '../../src/events/log/log-tables.js';
import { LOG_FORMAT } from '../../src/operations/lines/log-line.js';
import { profilesTable } from '../../src/projections/current-profile.projection.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { allEvents, refusal } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { beginErasure, finish, reopen } from '../support/erase.js';
import { findings, SECRET, sent } from '../support/erased-users.js';
import { brokenAt } from '../support/event-chain.js';
import { brittleFolds, liveFolds } from '../support/folds.js';
import { OlderLog } from '../support/older-log.js';
import { propertyRuns } from '../support/property-runs.js';
import { erasingBursts, minuteClock, sendAll } from '../support/random-commands.js';
import { refoldedRows, storedRows, visibleRows } from '../support/refolded.js';
import { send, type SentCommand } from '../support/sent-commands.js';
import type { TestDatabase } from '../support/test-database.js';
import { exportText, importText } from '../support/transfer.js';
import { problemsIn, verified } from '../support/verified.js';

const REFUSED: SentCommand[] = [
  { name: 'RecordTurn', userId: 'ada', input: { sessionId: 's', userMessage: 'x', assistantMessage: 'y' } },
  { name: 'ChangeProfile', userId: 'ada', input: { name: 'x' } },
  { name: 'ChangeProfile', userId: 'ada', input: {} },
  { name: 'FormMemory', userId: 'ada', input: { type: 'fact', content: 'x' } },
  { name: 'ReviseMemory', userId: 'ada', input: { memoryId: 'm', content: 'x' } },
  { name: 'ForgetMemory', userId: 'ada', input: { memoryId: 'm' } },
  { name: 'ForgetMemories', userId: 'ada', input: { memoryIds: ['m'] } },
  { name: 'RecallMemories', userId: 'ada', input: { memoryIds: ['m'] } },
  { name: 'ObserveEmotion', userId: 'ada', input: { emotion: 'joy', intensity: 1 } },
  { name: 'EndSession', userId: 'ada', input: { sessionId: 's' } },
  { name: 'UnlearnPreference', userId: 'ada', input: { learnedPosition: 1 } },
  { name: 'ImportWindow', userId: 'ada', input: { sessionId: 's' } },
  { name: 'EraseUser', userId: 'ada', input: { confirm: 'ada' } },
  // The receipts of before.
  { name: 'FormMemory', userId: 'ada', input: { type: 'fact', content: SECRET, memoryId: 'm' }, key: 'm' },
  { name: 'ChangeProfile', userId: 'ada', input: { name: SECRET }, key: 'again' },
];

for (const database of DATABASES) {
  describe(`${database.name}: the erasure of a user`, () => {
    let db: TestDatabase;

    beforeEach(async () => {
      db = await database.open();
    });

    afterEach(() => db.close());

    it('leaves nothing of what the user said, from its first moment on, and all of the others', async () => {
      const writer = await sent(db);
      const before = await storedRows(db);
      expect(await findings(db)).toHaveLength(5);

      const { position } = await beginErasure(db, writer, 'ada');

      expect(await findings(db)).toEqual([]);
      expect(await db.rows(erasuresTable)).toEqual([
        { userId: 'ada', position, pending: true, reopened: null },
      ]);

      expect(await finish(db)).toEqual(['ada']);

      expect(await findings(db)).toEqual([]);
      expect(JSON.stringify(await db.rows(receiptsTable))).not.toContain(SECRET);
      expect(await db.rows(erasuresTable)).toEqual([
        { userId: 'ada', position, pending: false, reopened: null },
      ]);
      const rows = await storedRows(db);
      for (const [table, all] of Object.entries(before))
        expect(rows[table]).toEqual(all.filter((row) => (row as { userId: string }).userId !== 'ada'));
      const receipts = await db.rows(receiptsTable);
      expect(receipts.filter(({ userId }) => userId === 'bob')).toHaveLength(6);
      expect(receipts.filter(({ userId }) => userId === 'ada')).toEqual([]);
    });

    it('keeps every position, id, type and hash, and the chain and the store verify', async () => {
      const writer = await sent(db);
      const before = await allEvents(db.log);
      await beginErasure(db, writer, 'ada');
      const pending = await verified(db);
      await finish(db);
      const events = await allEvents(db.log);

      expect(problemsIn(pending)).toEqual([]);
      expect(problemsIn(await verified(db))).toEqual([]);
      expect(brokenAt(events)).toBeUndefined();
      expect(events.slice(0, -1).map(({ data: _data, seal: _seal, ...rest }) => rest)).toEqual(
        before.map(({ data: _data, seal: _seal, ...rest }) => rest),
      );
      const erased = events.filter(({ data }) => data === '');
      expect(erased.map(({ eventId }) => eventId)).toEqual(
        before.filter(({ userId }) => userId === 'ada').map(({ eventId }) => eventId),
      );
      expect(events.at(-1)).toMatchObject({ type: 'user.erased', userId: 'ada' });
      expect(JSON.parse(String(events.at(-1)?.data))).toEqual({
        upTo: before.length,
        events: erased.length,
        unsealed: null,
      });
    });

    it('refuses every later command for the user, and a second erasure', async () => {
      const writer = await sent(db);
      const { position } = await beginErasure(db, writer, 'ada');
      const refusals = async () => {
        for (const command of REFUSED)
          expect(await refusal(send(writer, command))).toMatchObject({
            code: 'user.erased',
            status: 409,
            extra: { position },
          });
      };

      await refusals();
      await finish(db);
      await refusals();

      expect(await db.log.head()).toMatchObject({ position });
    });

    it('is refused for a user who does not exist, and without the id once more', async () => {
      const writer = await sent(db);
      expect(await refusal(beginErasure(db, writer, 'eve'))).toMatchObject({ code: 'user.not-found' });
      const wrong = { name: 'EraseUser', userId: 'ada', input: { confirm: 'bob' } };
      expect(await refusal(send(writer, wrong))).toMatchObject({ code: 'request.invalid' });
    });

    it('refuses the commands that come in the same batch after it', async () => {
      const writer = await sent(db);
      const outcomes = await Promise.allSettled([
        send(writer, { name: 'EraseUser', userId: 'ada', input: { confirm: 'ada' } }),
        send(writer, { name: 'ChangeProfile', userId: 'ada', input: { name: SECRET } }),
        send(writer, { name: 'ChangeProfile', userId: 'bob', input: { name: 'Bob' } }),
      ]);

      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await visibleRows(db)).toEqual(await refoldedRows(db.log));
    });

    it('of events without a seal is covered by the event that says so', async () => {
      const older = db.writer(liveFolds(), { log: new OlderLog(db.log) });
      await sent(db, older);
      const writer = db.writer(liveFolds());
      await send(writer, { name: 'ChangeProfile', userId: 'ada', input: { name: 'sealed' } });
      await beginErasure(db, writer, 'ada');
      await finish(db);

      const events = await allEvents(db.log);
      expect(problemsIn(await verified(db))).toEqual([]);
      expect(events.filter(({ seal }) => seal !== null)).toHaveLength(2);
      expect(JSON.parse(String(events.at(-1)?.data))).toMatchObject({ unsealed: { events: 7 } });
      expect(await findings(db)).toEqual([]);
    });

    it.each([
      ['an envelope', `update events set occurred_at = occurred_at + 1 where position = 2`],
      ['a hash', `update events set hash = (select hash from events where position = 1) where position = 2`],
      ['the data of another event', `update events set data = '' where user_id = 'bob' and position = 8`],
      [
        'the event that covers them',
        `update events set data = '{"upTo":0,"events":0,"unsealed":null}' where type = 'user.erased'`,
      ],
    ])('of events without a seal does not hide a change of %s', async (_what, sql) => {
      await sent(db, db.writer(liveFolds(), { log: new OlderLog(db.log) }));
      await beginErasure(db, db.writer(liveFolds()), 'ada');
      await finish(db);
      await db.tamper(sql);

      expect(problemsIn(await verified(db))).toContain('hash');
    });

    it.each([
      [
        'the digest of an event',
        `update events set seal = (select seal from events where position = 3) where position = 2`,
      ],
      ['the digest to nothing', 'update events set seal = null where position = 2'],
      ['an envelope', `update events set occurred_at = occurred_at + 1 where position = 2`],
    ])('does not hide a later change of %s', async (_what, sql) => {
      const writer = await sent(db);
      await beginErasure(db, writer, 'ada');
      await finish(db);
      await db.tamper(sql);

      expect(problemsIn(await verified(db))).toContain('hash');
    });

    it('is in an export, and in the store that imports it, also one that ends while it is pending', async () => {
      const writer = await sent(db);
      await beginErasure(db, writer, 'ada');
      const pending = await exportText(db);
      await finish(db);
      const text = await exportText(db);

      expect(text.split('\n').slice(1, -2)).toEqual(
        // But for the receipts, which go later.
        pending
          .split('\n')
          .filter((line) => !line.includes('"userId":"ada","requestHash"'))
          .slice(1, -2),
      );
      expect(JSON.parse(text.split('\n')[0] as string)).toMatchObject({ format: LOG_FORMAT });
      for (const append of [false, true]) {
        const other = await database.open();
        if (append)
          await send(other.writer(liveFolds()), {
            name: 'ChangeProfile',
            userId: 'eve',
            input: { name: 'Eve' },
          });
        expect(problemsIn((await importText(other, text, { append })).verified as never)).toEqual([]);
        expect(await findings(other)).toEqual([]);
        expect(await refusal(send(other.writer(liveFolds()), REFUSED[0] as SentCommand))).toMatchObject({
          code: 'user.erased',
        });
        await other.close();
      }
    });

    it('comes with the lines of a store whose data is not erased yet', async () => {
      const writer = await sent(db);
      const whole = await exportText(db);
      const { position: end } = await db.log.head();
      await beginErasure(db, writer, 'ada');
      const rest = await exportText(db, { after: end });
      const other = await database.open();
      await importText(other, whole);
      expect(await findings(other)).toHaveLength(5);

      await importText(other, rest);

      expect(await findings(other)).toEqual([]);
      // The import ends with it, before the store serves.
      expect(await other.rows(erasuresTable)).toMatchObject([{ userId: 'ada', pending: false }]);
      expect(problemsIn(await verified(other))).toEqual([]);
      expect(await storedRows(other)).toEqual(await refoldedRows(other.log));
      await other.close();
    });

    it('goes on where it was stopped', async () => {
      const writer = await sent(db);
      const { position } = await beginErasure(db, writer, 'ada');
      const erasure = { userId: 'ada', position };
      const done = await db.log.transaction((transaction) =>
        transaction.eraseEvents(erasure, { after: 0, limit: 3 }),
      );
      expect(done).toEqual({ upTo: 3, erased: 3, bytes: expect.any(Number) });
      expect(await db.log.transaction((transaction) => transaction.eraseRows(profilesTable, 'ada', 1))).toBe(
        1,
      );
      await db.reopen();

      expect(problemsIn(await verified(db))).toEqual([]);
      const midway = db.writer(liveFolds());
      for (const command of REFUSED)
        expect(await refusal(send(midway, command))).toMatchObject({ code: 'user.erased' });
      expect(await findings(db)).toEqual([]);
      expect(await finish(db)).toEqual(['ada']);
      expect(await finish(db)).toEqual([]);
      expect(brokenAt(await allEvents(db.log))).toBeUndefined();
    });

    it('leaves the rows that the log has, after random commands with erasures among them', async () => {
      await fc.assert(
        fc.asyncProperty(erasingBursts, erasingBursts, async (before, after) => {
          const each = await database.open();
          try {
            const writer = each.writer(brittleFolds(), { clock: minuteClock() });
            const same = async () => {
              const pending = await visibleRows(each);
              await finish(each);
              expect(await storedRows(each)).toEqual(pending);
              expect(pending).toEqual(await refoldedRows(each.log));
              expect(problemsIn(await verified(each, { projections: PROJECTIONS }))).toEqual([]);
            };
            await sendAll(writer, before);
            const known = (await allEvents(each.log)).some(({ userId }) => userId === 'ada');
            if (known) await beginErasure(each, writer, 'ada').catch(() => undefined);
            await sendAll(writer, after, 'later');
            await same();
            for (const { userId, position } of await each.rows(erasuresTable)) {
              const records = await each.rows(erasureRecordsTable);
              const record = records.find((row) => row.position === position);
              await reopen(writer, userId, record?.erasureId ?? '');
            }
            await sendAll(writer, before, 'new');
            await same();
          } finally {
            await each.close();
          }
        }),
        propertyRuns(3),
      );
    });
  });
}
