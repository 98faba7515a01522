import * as fc from 'fast-check';
import { RowBatch } from '../../src/database/row-batch.js';
import { ACTORS } from '../../src/events/actors.js';
import { erasureEpoch } from '../../src/events/log/erasure/last-erasure.js';
import { receiptsTable, storeMarksTable } from '../../src/events/log/log-tables.js';
import { retractionsTable } from '../../src/events/log/retraction/retraction-tables.js';
import { MEMORY_TYPES } from '../../src/events/memory/memory-formed.event.js';
import { findExpired } from '../../src/operations/retention/retention-in-thread.js';
import type { RetentionPolicy } from '../../src/operations/retention/retention-policy.js';
import { profilesTable } from '../../src/projections/current-profile.projection.js';
import { ProjectionFolds } from '../../src/projections/folding/projection-folds.js';
import { memoriesTable } from '../../src/projections/memory-index.projection.js';
import { memorySummariesTable } from '../../src/projections/memory/memory-summaries.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { openStoreReader } from '../../src/store/open-store-reader.js';
import { allEvents, append, joy } from '../support/appends.js';
import { START } from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { beginErasure, finish } from '../support/erase.js';
import { brokenAt } from '../support/event-chain.js';
import { brittleFolds, liveFolds } from '../support/folds.js';
import { MemoryRowStore } from '../support/memory-row-store.js';
import { propertyRuns } from '../support/property-runs.js';
import { bursts, minuteClock, sendAll } from '../support/random-commands.js';
import { decoder, refoldedRows, storedRows, type Snapshot } from '../support/refolded.js';
import { expiredOf, retain, wouldRetain } from '../support/retention.js';
import { send } from '../support/sent-commands.js';
import type { TestDatabase } from '../support/test-database.js';
import { exportText, importText } from '../support/transfer.js';
import { problemsIn, verified } from '../support/verified.js';

const MINUTE = 60_000;
const FIRST = Date.parse(START);
/** Words of ada that are too old, and those that stay. */
const OLD = 'xyzzyplugh';
const NEW = 'quuxfrobnic';

/** Ages in minutes of the tests' clock: each commit takes one. */
const anAge = fc.option(
  fc.integer({ min: 1, max: 40 }).map((minutes) => minutes * MINUTE),
  { nil: undefined },
);
const policies: fc.Arbitrary<RetentionPolicy> = fc
  .record({
    turns: anAge,
    emotions: anAge,
    removed: anAge,
    memories: fc.option(
      fc.dictionary(
        fc.constantFrom(...MEMORY_TYPES),
        fc.integer({ min: 1, max: 40 }).map((m) => m * MINUTE),
        {
          noNullPrototype: true,
        },
      ),
      { nil: undefined },
    ),
  })
  .map((policy) => JSON.parse(JSON.stringify(policy)) as RetentionPolicy);

/** What of a row depends on events that are not there any more: the slot of a memory stays taken. */
const SLOTS: Record<string, readonly string[]> = {
  [memoriesTable.name]: ['indexId'],
  [memorySummariesTable.name]: ['block', 'nextOrdinal', 'lastOccurredAt'],
};

function withoutSlots(rows: Snapshot): Snapshot {
  return Object.fromEntries(
    Object.entries(rows).map(([table, all]) => {
      const kept = all.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => !SLOTS[table]?.includes(name))),
      );
      // A user without memories has a row only because of the slots.
      return [table, table === memorySummariesTable.name ? kept.filter(({ total }) => total !== 0) : kept];
    }),
  );
}

/** The rows of a log that never had the events whose data is erased. */
async function rowsWithout(db: TestDatabase): Promise<Snapshot> {
  const folds = new ProjectionFolds(PROJECTIONS);
  const store = new MemoryRowStore();
  for (const stored of await allEvents(db.log, Number.MAX_SAFE_INTEGER)) {
    if (stored.data === '') continue;
    const batch = new RowBatch(store);
    folds.fold(decoder().decode(stored), batch, stored.retraction !== undefined);
    store.save(batch.changes());
  }
  const tables = PROJECTIONS.flatMap(({ tables: all }) => all);
  const query = { filters: [], limit: 1_000_000 };
  return Object.fromEntries(
    await Promise.all(
      tables.map(
        async (table) => [table.name, await store.list(table, { ...query, order: table.key })] as const,
      ),
    ),
  );
}

/** What ada and bob say, before and after a day on which all before is too old. */
async function twoDays(db: TestDatabase) {
  let now = FIRST;
  const writer = db.writer(liveFolds(), { clock: () => (now += 1_000) });
  for (const [day, word] of [OLD, NEW].entries()) {
    const said = async (name: string, input: object) =>
      send(writer, { name, userId: 'ada', input, key: `${name}-${day}-${JSON.stringify(input).length}` });
    await said('RecordTurn', {
      sessionId: `s${day}`,
      userMessage: word,
      assistantMessage: word,
      topics: [word],
      emotion: { label: word, intensity: 1, triggers: [word] },
    });
    await said('ObserveEmotion', { emotion: `${word} felt`, intensity: 0.5 });
    await said('FormMemory', { memoryId: `fact-${day}`, type: 'fact', content: word });
    await said('ReviseMemory', { memoryId: `fact-${day}`, content: `${word} again` });
    await said('FormMemory', { memoryId: `pin-${day}`, type: 'fact', content: 'stays', pinned: true });
    await said('RecallMemories', { memoryIds: [`fact-${day}`] });
    await send(writer, { name: 'ObserveEmotion', userId: 'bob', input: { emotion: 'joy', intensity: 1 } });
    now = FIRST + 24 * 60 * MINUTE;
  }
  return { writer, now: FIRST + 25 * 60 * MINUTE, age: 20 * 60 * MINUTE };
}

const types = (events: readonly { type: string }[]) =>
  [...new Set(events.map(({ type }) => type))].toSorted();

for (const database of DATABASES) {
  describe(`${database.name}: retention`, () => {
    let db: TestDatabase;

    beforeEach(async () => {
      db = await database.open();
    });

    afterEach(() => db.close());

    const erased = async () => (await allEvents(db.log)).filter(({ data }) => data === '');
    const texts = async () =>
      JSON.stringify([await storedRows(db), await exportText(db), await db.rows(receiptsTable)]);

    it('erases what each rule says, for good, and nothing else', async () => {
      const { writer, now, age } = await twoDays(db);
      const chosen = async (policy: RetentionPolicy) => {
        const before = (await erased()).length;
        await retain(db, writer, { policy, now });
        return types((await erased()).slice(before));
      };

      expect(await chosen({ turns: age })).toEqual(['session.started', 'turn.recorded']);
      expect(await chosen({ emotions: age })).toContain('emotion.observed');
      await retain(db, writer, { policy: { memories: { conversation: age } }, now });
      expect(JSON.stringify(await db.rows(memoriesTable))).toContain(OLD);
      await retain(db, writer, { policy: { memories: { fact: age } }, now });

      const all = await texts();
      expect(all).not.toContain(OLD);
      expect((await db.rows(memoriesTable)).map(({ memoryId }) => memoryId).toSorted()).toEqual([
        'fact-1',
        'pin-0',
        'pin-1',
      ]);
      expect(all).toContain(NEW);
      const events = await allEvents(db.log);
      expect(brokenAt(events)).toBeUndefined();
      expect(problemsIn(await verified(db))).toEqual([]);
      expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
      // A second run finds nothing more.
      const again = await retain(db, writer, { policy: { turns: age, emotions: age }, now });
      expect(again).toMatchObject({ events: 0, users: 0, unsealed: 0 });
      expect(await allEvents(db.log)).toEqual(events);
    });

    it('is read by nobody from the first moment on, while the data is still there', async () => {
      const { writer, now, age } = await twoDays(db);
      const policy = { turns: age, emotions: age, memories: { fact: age } };
      const reader = openStoreReader(db.address);
      try {
        const epoch = await erasureEpoch((table, query) => reader.rows(table, query));
        await retain(db, writer, { policy, now, effects: { finish: async () => undefined } });
        expect(await db.rows(retractionsTable)).toMatchObject([
          { userId: 'ada', erasure: 1 },
          { userId: 'bob' },
        ]);
        const user = { userId: 'ada', after: 0, upTo: 1_000, limit: 1_000 };
        const folded = ['turn.recorded', 'emotion.observed', 'memory.formed', 'memory.revised'];
        const read = {
          log: await reader.events({ after: 0, limit: 1_000 }),
          byPosition: await reader.events({ after: 0, limit: 9, positions: [1, 2, 3, 4, 5, 6, 7] }),
          newest: await reader.events({ after: 0, limit: 1_000, newestFirst: true }),
          own: await reader.events({ after: 0, limit: 1_000, userId: 'ada', retractedAsOf: 1_000 }),
          byUser: await reader.eventsByUser({ userId: '', position: 0 }, 1_000),
          ofUser: await reader.eventsOfUser({ ...user, types: folded }),
          rows: await storedRows(db),
          lines: await exportText(db),
        };
        const found = Object.entries(read).filter(([, all]) => JSON.stringify(all).includes(OLD));
        expect(found.map(([name]) => name)).toEqual([]);
        expect(JSON.stringify(read.ofUser)).toContain(NEW);
        expect(await erasureEpoch((table, query) => reader.rows(table, query))).toBeGreaterThan(epoch);
        expect(problemsIn(await verified(db))).toEqual([]);

        expect([...new Set(await finish(db))].toSorted()).toEqual(['ada', 'bob']);
        expect((await db.rows(retractionsTable)).every(({ erasure }) => erasure === 0)).toBe(true);
        const receipts = await db.rows(receiptsTable);
        const keys = receipts.map(({ idempotencyKey }) => /-\d-/.exec(idempotencyKey)?.[0]);
        expect(keys).toEqual(Array.from({ length: 6 }, () => '-1-'));
        expect(await erased()).toEqual(
          (await reader.events({ after: 0, limit: 1_000 })).filter(({ data }) => data === ''),
        );
        expect(problemsIn(await verified(db))).toEqual([]);
      } finally {
        await reader.close();
      }
    });

    it('goes on where it was stopped, whether in the middle of a user or before the data is gone', async () => {
      const { writer, now, age } = await twoDays(db);
      const policy = { turns: age, emotions: age, memories: { fact: age } };
      let sent = 0;
      const stopped = retain(db, writer, {
        policy,
        now,
        tasks: {
          expired: async (input) => {
            if (++sent > 1) throw new Error('killed');
            const { expiredOfUser } = await import('../../src/operations/retention/expired-of-user.js');
            const reader = openStoreReader(db.address);
            const all = await expiredOfUser(reader, input.userId, input.cutoffs);
            await reader.close();
            return { ...all, positions: all.positions.slice(0, 3) };
          },
        },
        effects: { finish: async () => undefined },
      });
      await expect(stopped).rejects.toThrow('killed');
      await db.reopen();
      expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
      expect(problemsIn(await verified(db))).toEqual([]);

      const report = await retain(db, db.writer(liveFolds()), { policy, now });
      expect(report).toMatchObject({ leftOut: 0 });
      expect((await db.rows(retractionsTable)).every(({ erasure }) => erasure === 0)).toBe(true);
      expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
      expect(withoutSlots(await storedRows(db))).toEqual(withoutSlots(await rowsWithout(db)));
      expect((await expiredOf(db, 'ada', { policy, now })).events).toBe(0);
    });

    it('cannot be undone, nor can a retraction whose events are erased', async () => {
      const { writer, now } = await twoDays(db);
      const sent = async (name: string, input: object) =>
        JSON.parse((await send(writer, { name, userId: 'ada', input })).body) as { retractionId: string };
      const { retractionId } = await sent('RetractEvents', { memoryIds: ['fact-0'] });
      await retain(db, writer, { policy: { removed: 1 }, now: now + 60 * MINUTE });
      const [, erasing] = await db.rows(retractionsTable);
      expect(erasing).toMatchObject({ erasure: 0 });
      const undo = (id: string) => sent('RestoreEvents', { retractionId: id });

      await expect(undo(erasing?.retractionId ?? '')).rejects.toMatchObject({ code: 'retraction.erased' });
      await expect(undo(retractionId)).rejects.toMatchObject({ code: 'retraction.erased', status: 409 });
      expect(await texts()).not.toContain(`${OLD} again`);
      expect(problemsIn(await verified(db))).toEqual([]);
    });

    it('leaves who is written to all the time to the next run, and only them', async () => {
      const { writer, now, age } = await twoDays(db);
      const policy = { turns: age, emotions: age };
      const felt = () =>
        send(writer, { name: 'ObserveEmotion', userId: 'ada', input: { emotion: 'joy', intensity: 1 } });
      /** Ada says something whenever what is old of her was chosen, for the first so many times. */
      const busy = (times: number) => ({
        expired: async (input: Parameters<typeof findExpired>[0]) => {
          const found = await findExpired(input);
          if (input.userId === 'ada' && times-- > 0) await felt();
          return found;
        },
      });
      const planned = await wouldRetain(db, policy, now);
      const report = await retain(db, writer, { policy, now, tasks: busy(100) });
      expect(report).toMatchObject({ users: 1, leftOut: 1, listed: [{ userId: 'bob' }] });
      expect(new Set((await erased()).map(({ userId }) => userId))).toEqual(new Set(['bob']));
      const mark = (await db.rows(storeMarksTable)).find(({ name }) => name === 'retention');
      expect(JSON.parse(mark?.value ?? '')).toMatchObject({ done: {}, last: { leftOut: 1 } });

      // A user who was left out is looked at again, and a write now and then does not leave a user out.
      const next = await retain(db, writer, { policy, now, tasks: busy(4) });
      expect(next).toMatchObject({ users: 1, leftOut: 0, listed: [{ userId: 'ada' }] });
      expect(report.events + next.events).toBe(planned.events);
      expect(JSON.stringify(await storedRows(db))).toContain('joy');
      expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
      expect(problemsIn(await verified(db))).toEqual([]);
    });

    it('leaves events without a seal, and says how many', async () => {
      const { writer, now, age } = await twoDays(db);
      await db.tamper(`update events set seal = null where type = 'turn.recorded' or type = 'memory.formed'`);
      const before = (await allEvents(db.log)).filter(({ seal }) => !seal);
      const policy = { turns: age, memories: { fact: age } };
      expect((await wouldRetain(db, policy, now)).unsealed).toBe(3);
      const report = await retain(db, writer, { policy, now });
      // The turn, and the memory with its revision; of a recall of it nothing goes.
      expect(report).toMatchObject({ events: 0, unsealed: 3 });
      expect((await allEvents(db.log)).filter(({ seal }) => !seal)).toEqual(before);
    });

    it('erases whole persons who say nothing any more, also if retention has written since', async () => {
      const { writer, now } = await twoDays(db);
      const day = 24 * 60 * MINUTE;
      await retain(db, writer, { policy: { turns: day, emotions: day }, now: now + 3 * day });
      const policy = { users: 40 * day, turns: day };
      expect(await retain(db, writer, { policy, now: now + 30 * day })).toMatchObject({ erasedUsers: 0 });
      expect(await wouldRetain(db, policy, now + 50 * day)).toMatchObject({
        erasedUsers: 2,
        listedErased: ['ada', 'bob'],
      });
      const told: string[] = [];
      const effects = { usersErased: async () => void told.push('erased') };
      const report = await retain(db, writer, { policy, now: now + 50 * day, effects });
      expect(report).toMatchObject({ erasedUsers: 2, listedErased: ['ada', 'bob'], users: 0 });
      expect(told).toEqual(['erased']);
      expect(await db.rows(profilesTable)).toEqual([]);
      expect(await db.rows(retractionsTable)).toEqual([]);
      expect(problemsIn(await verified(db))).toEqual([]);
    });

    it('takes what a key of the same name has told for a sign of life', async () => {
      const { now } = await twoDays(db);
      const day = 24 * 60 * MINUTE;
      const keyOfThatName = { userId: 'bob', actor: ACTORS.retention };
      await db
        .writer(liveFolds(), { clock: () => now + 45 * day })
        .write(append([joy('emotion:bob')], keyOfThatName));
      expect(await wouldRetain(db, { users: 40 * day }, now + 50 * day)).toMatchObject({
        erasedUsers: 1,
        listedErased: ['ada'],
      });
    });

    it('is followed by a full erasure, a rebuild elsewhere, an export and an import of the same', async () => {
      const { writer, now, age } = await twoDays(db);
      await retain(db, writer, { policy: { turns: age, memories: { fact: age } }, now });
      const rows = await storedRows(db);
      for (const other of DATABASES) {
        const target = await other.open();
        try {
          await importText(target, await exportText(db));
          await finish(target);
          expect(await storedRows(target)).toEqual(rows);
          expect(await allEvents(target.log)).toEqual(await allEvents(db.log));
          expect(await target.rows(retractionsTable)).toEqual(await db.rows(retractionsTable));
          expect(problemsIn(await verified(target))).toEqual([]);
        } finally {
          await target.close();
        }
      }
      const target = await database.open();
      await send(target.writer(liveFolds()), {
        name: 'ChangeProfile',
        userId: 'eve',
        input: { name: 'Eve' },
      });
      await importText(target, await exportText(db), { append: true });
      await finish(target);
      expect(problemsIn(await verified(target))).toEqual([]);
      expect(await storedRows(target)).toEqual(await refoldedRows(target.log));
      await target.close();

      await beginErasure(db, writer, 'ada');
      await finish(db);
      expect(await texts()).not.toContain(NEW);
      expect(problemsIn(await verified(db))).toEqual([]);
    });

    it('chooses the same in a dry run, which changes nothing, and leaves the rows of a log without it', async () => {
      await fc.assert(
        fc.asyncProperty(bursts, bursts, policies, policies, async (before, after, policy, next) => {
          const each = await database.open();
          try {
            const clock = minuteClock();
            const writer = each.writer(brittleFolds(), { clock });
            await sendAll(writer, before);
            const check = async (rules: RetentionPolicy) => {
              const now = clock();
              const events = await allEvents(each.log);
              const planned = await wouldRetain(each, rules, now);
              expect(await allEvents(each.log)).toEqual(events);
              const report = await retain(each, writer, { policy: rules, now });
              const { isDryRun: _, ms: __, ...counts } = report;
              expect(planned).toMatchObject(counts);
              const gone = (await allEvents(each.log)).filter(
                ({ data, position }) => data === '' && events[position - 1]?.data !== '',
              );
              expect(gone).toHaveLength(report.events);
              const rows = await storedRows(each);
              expect(rows).toEqual(await refoldedRows(each.log));
              expect(withoutSlots(rows)).toEqual(withoutSlots(await rowsWithout(each)));
              expect(problemsIn(await verified(each, { projections: PROJECTIONS }))).toEqual([]);
              expect(brokenAt(await allEvents(each.log))).toBeUndefined();
              expect(await wouldRetain(each, rules, now)).toMatchObject({ events: 0 });
            };
            await check(policy);
            await sendAll(writer, after, 'later');
            await check(next);
          } finally {
            await each.close();
          }
        }),
        propertyRuns(4),
      );
    });
  });
}
