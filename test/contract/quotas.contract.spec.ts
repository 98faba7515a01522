import * as fc from 'fast-check';
import { DAY_MS } from '../../src/durations.js';
import { eventsTable, quotaUsageTable } from '../../src/events/log/log-tables.js';
import { memorySummariesTable } from '../../src/projections/memory/memory-summaries.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import { QuotaReached } from '../../src/writer/quotas/quota-reached.js';
import type { Limits, Quotas } from '../../src/writer/quotas/quotas.js';
import { Usage, WHOLE_STORE } from '../../src/writer/quotas/usage.js';
import { refusal } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { beginErasure, finish } from '../support/erase.js';
import { liveFolds } from '../support/folds.js';
import { erasingBursts, minuteClock, sendAll } from '../support/random-commands.js';
import { send, type SentCommand } from '../support/sent-commands.js';
import type { TestDatabase } from '../support/test-database.js';

const NONE: Limits = { eventsADay: 0, memories: 0, bytes: 0 };
const NOON = Date.UTC(2026, 4, 1, 12);

function quotas(user: Partial<Limits>, store: Partial<Limits> = {}): Quotas {
  return { user: { ...NONE, ...user }, store: { ...NONE, ...store } };
}

function memory(userId: string, n: number): SentCommand {
  return {
    name: 'FormMemory',
    userId,
    input: { type: 'fact', content: `x${n}`, memoryId: `m${n}` },
    key: `m${n}`,
  };
}

function forget(userId: string, n: number): SentCommand {
  return { name: 'ForgetMemory', userId, input: { memoryId: `m${n}` } };
}

/** Sends all at once, so that they share a commit; returns the code of each that was refused. */
async function together(writer: EventWriter, commands: readonly SentCommand[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(commands.map((command) => send(writer, command)));
  return outcomes.flatMap((each) =>
    each.status === 'fulfilled' ? [] : [(each.reason as QuotaReached).code],
  );
}

/** What the rows must be, counted from the whole log. */
async function counted(db: TestDatabase) {
  const events = await db.rows(eventsTable);
  const summaries = await db.rows(memorySummariesTable);
  const last = events.at(-1);
  const today = Math.floor((last?.recordedAt ?? 0) / DAY_MS);
  const erased = new Set(events.filter(({ type }) => type === 'user.erased').map(({ userId }) => userId));
  const bytesOf = (some: typeof events) => some.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0);
  const ofStore = {
    userId: WHOLE_STORE,
    day: today,
    position: last?.position,
    events: events.filter(({ recordedAt }) => Math.floor(recordedAt / DAY_MS) === today).length,
    bytes: bytesOf(events),
    memories: summaries.reduce((sum, { total }) => sum + total, 0),
  };
  const users = [...new Set(events.map(({ userId }) => userId))].filter((userId) => !erased.has(userId));
  const ofUsers = users.map((userId) => {
    const own = events.filter((event) => event.userId === userId);
    const day = Math.floor((own.at(-1)?.recordedAt ?? 0) / DAY_MS);
    return {
      userId,
      day,
      position: own.at(-1)?.position,
      events: own.filter(({ recordedAt }) => Math.floor(recordedAt / DAY_MS) === day).length,
      bytes: bytesOf(own),
      memories: summaries.find((summary) => summary.userId === userId)?.total ?? 0,
    };
  });
  return last ? [ofStore, ...ofUsers].toSorted(byUser) : [];
}

function byUser(a: { userId: string }, b: { userId: string }): number {
  return a.userId < b.userId ? -1 : 1;
}

async function stored(db: TestDatabase) {
  const rows = await db.rows(quotaUsageTable);
  return rows.map(({ hash: _hash, ...row }) => row);
}

for (const database of DATABASES) {
  describe(`${database.name}: quotas`, () => {
    let db: TestDatabase;

    beforeEach(async () => {
      db = await database.open();
    });

    afterEach(() => db.close());

    it('hold for commands that share a commit, and forgetting makes room', async () => {
      const writer = db.writer(liveFolds(), { quotas: quotas({ memories: 3 }, { memories: 5 }) });

      const five = [1, 2, 3, 4, 5];
      expect(
        await together(
          writer,
          five.map((n) => memory('ada', n)),
        ),
      ).toEqual(Array(2).fill('quota.memories'));
      // A retry of what was accepted is answered as before; what was refused has left no receipt.
      expect((await send(writer, memory('ada', 1))).replayed).toBe(true);
      expect(await together(writer, [memory('ada', 4)])).toEqual(['quota.memories']);
      expect(await together(writer, [forget('ada', 1), memory('ada', 4)])).toEqual([]);

      // Another user has a quota of their own, and shares that of the store.
      const error = await refusal(Promise.all(five.slice(0, 3).map((n) => send(writer, memory('bob', n)))));
      expect(error).toBeInstanceOf(QuotaReached);
      expect(error).toMatchObject({ status: 409, extra: { quota: 'store', limit: 5 } });
      const { position } = await beginErasure(db, writer, 'ada');
      expect(position).toBeGreaterThan(0);
      expect(await together(writer, [memory('bob', 3)])).toEqual([]);
    });

    it('of events begin again with the day, and never stop a person from having data removed', async () => {
      let now = NOON;
      const writer = db.writer(liveFolds(), { quotas: quotas({ eventsADay: 2 }), clock: () => now });
      await send(writer, memory('ada', 1));

      const error = (await refusal(send(writer, memory('ada', 2)))) as QuotaReached;
      expect(error).toMatchObject({ code: 'quota.events', status: 429, retryAfter: 12 * 3600 });
      expect(await together(writer, [forget('ada', 1)])).toEqual([]);
      now = NOON + 12 * 3_600_000 - 1;
      expect(await refusal(send(writer, memory('ada', 2)))).toMatchObject({ retryAfter: 1 });
      now += 1;
      await send(writer, memory('ada', 2));
      await beginErasure(db, writer, 'ada');
    });

    it('of bytes count the data as it is stored', async () => {
      await send(db.writer(liveFolds()), memory('ada', 1));
      const bytes = (await db.rows(eventsTable)).reduce((sum, { data }) => sum + data.length, 0);
      const next = memory('ada', 2);
      const more =
        (await send(db.writer(liveFolds()), next), await db.rows(eventsTable)).at(-1)?.data.length ?? 0;
      const writer = db.writer(liveFolds(), { quotas: quotas({ bytes: bytes + 2 * more }) });
      expect(await together(writer, [memory('ada', 3), memory('ada', 4)])).toEqual(['quota.bytes']);
    });

    it('count what was written without them, by whomever', async () => {
      const plain = db.writer(liveFolds());
      for (const n of [1, 2]) await send(plain, memory('ada', n));
      const writer = db.writer(liveFolds(), { quotas: quotas({ memories: 3 }) });
      await send(writer, memory('ada', 3));
      await send(plain, memory('bob', 1));
      expect(await together(writer, [memory('ada', 4)])).toEqual(['quota.memories']);
      await send(writer, memory('bob', 2));
      expect(await stored(db)).toEqual(await counted(db));
    });

    it('count afresh when the rows are of another log', async () => {
      const writer = db.writer(liveFolds(), { quotas: quotas({ memories: 9 }) });
      await send(writer, memory('ada', 1));
      await db.execute("update quota_usage set hash = 'x', bytes = 1, memories = 7, position = 1");
      await db.reopen();
      await new Usage(quotas({ memories: 9 })).catchUpAll(db.log);
      expect(await stored(db)).toEqual(await counted(db));
    });

    it('have counts that follow from the log, whatever was sent', async () => {
      await fc.assert(
        fc.asyncProperty(erasingBursts, async (bursts) => {
          await db.close();
          db = await database.open();
          const limited = quotas({ memories: 4, eventsADay: 40 }, { bytes: 20_000 });
          const writer = db.writer(liveFolds(), { clock: minuteClock(), quotas: limited });
          await sendAll(writer, bursts);
          await finish(db);
          expect(await stored(db)).toEqual(await counted(db));
          await db.execute('delete from quota_usage');
          await db.reopen();
          await new Usage(limited).catchUpAll(db.log);
          expect(await stored(db)).toEqual(await counted(db));
        }),
        { numRuns: 5 },
      );
    });
  });
}
