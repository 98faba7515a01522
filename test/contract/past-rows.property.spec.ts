import * as fc from 'fast-check';
import { StoreError } from '../../src/errors.js';
import { EventDecoder } from '../../src/events/log/event-decoder.js';
import type { ScannedEvent } from '../../src/events/log/event-log.js';
import { skipsTable } from '../../src/events/log/log-tables.js';
import {
  GetConversation,
  GetConversationHandler,
} from '../../src/modules/conversation/queries/get-conversation.query.js';
import { GetTurn, GetTurnHandler } from '../../src/modules/conversation/queries/get-turn.query.js';
import {
  ListSessions,
  ListSessionsHandler,
} from '../../src/modules/conversation/queries/list-sessions.query.js';
import { ListTurns, ListTurnsHandler } from '../../src/modules/conversation/queries/list-turns.query.js';
import {
  GetEmotionTrend,
  GetEmotionTrendHandler,
} from '../../src/modules/emotion/queries/get-emotion-trend.query.js';
import { ListEmotions, ListEmotionsHandler } from '../../src/modules/emotion/queries/list-emotions.query.js';
import {
  ListObservations,
  ListObservationsHandler,
} from '../../src/modules/emotion/queries/list-observations.query.js';
import { GetMemory, GetMemoryHandler } from '../../src/modules/memory/queries/get-memory.query.js';
import { ListMemories, ListMemoriesHandler } from '../../src/modules/memory/queries/list-memories.query.js';
import {
  SearchMemories,
  SearchMemoriesHandler,
} from '../../src/modules/memory/queries/search-memories.query.js';
import { GetProfile, GetProfileHandler } from '../../src/modules/profile/queries/get-profile.query.js';
import { NO_QUOTAS } from '../../src/modules/quota-usage.js';
import { RequestReads } from '../../src/modules/request-reads.js';
import { GetStats, GetStatsHandler } from '../../src/modules/stats/get-stats.query.js';
import { UserLog } from '../../src/modules/user-log.js';
import type { StoreReader } from '../../src/projections/folding/store-reader.js';
import { PastRows } from '../../src/projections/past/past-rows.js';
import { PastStates } from '../../src/projections/past/past-states.js';
import { timelineOf } from '../../src/projections/past/timeline.js';
import type { UserReads } from '../../src/projections/reads/reads.js';
import { openStoreReader } from '../../src/store/open-store-reader.js';
import type { NewEvent } from '../../src/writer/write-command.js';
import { append, allEvents, feeling, joy } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { brittleFolds, liveFolds } from '../support/folds.js';
import { formed, observed, registered, turnRecorded } from '../support/happened.js';
import { propertyRuns } from '../support/property-runs.js';
import { bursts, minuteClock, sendAll, USERS, WORDS } from '../support/random-commands.js';
import type { TestDatabase } from '../support/test-database.js';

const RUNS = propertyRuns(3);
const MIB = 1_048_576;

/** Every question about a user, with and without filters. */
const questions: ((reads: UserReads, userId: string, log: UserLog) => Promise<unknown>)[] = [
  (reads, userId) => new GetProfileHandler(reads).execute(new GetProfile(userId)),
  (reads, userId) => new GetStatsHandler(reads, NO_QUOTAS).execute(new GetStats(userId)),
  (reads, userId) => new ListMemoriesHandler(reads).execute(new ListMemories(userId, { limit: 1 })),
  (reads, userId) => new ListMemoriesHandler(reads).execute(new ListMemories(userId, { type: 'fact' })),
  (reads, userId) => new GetMemoryHandler(reads).execute(new GetMemory(userId, 'm1')),
  ...[WORDS.slice(0, 5).join(' '), WORDS.slice(5).join(' ')].map(
    (q) => (reads: UserReads, userId: string) => {
      const search = new SearchMemories(userId, { q, minConfidence: 0, explain: 'true' });
      return new SearchMemoriesHandler(reads).execute(search);
    },
  ),
  (reads, userId) => new ListEmotionsHandler(reads).execute(new ListEmotions(userId)),
  ...(['hour', 'day', 'week'] as const).map((bucket) => (reads: UserReads, userId: string) => {
    const trend = new GetEmotionTrend(userId, {
      bucket,
      ...(bucket === 'week' && { timeZone: 'Asia/Tokyo' }),
    });
    return new GetEmotionTrendHandler(reads).execute(trend);
  }),
  (reads, userId) => new ListSessionsHandler(reads).execute(new ListSessions(userId, { limit: 1 })),
  (reads, userId) => new GetConversationHandler(reads).execute(new GetConversation(userId)),
  (reads, userId) => new GetConversationHandler(reads).execute(new GetConversation(userId, 's1')),
  // What rows do not have is read from the log.
  async (reads, userId, log) => {
    const { items } = await new ListTurnsHandler(reads, log).execute(new ListTurns(userId, { limit: 1 }));
    const turns = items.map(({ turnId }) => new GetTurn(userId, turnId));
    const found = turns.map((turn) => new GetTurnHandler(reads, log).execute(turn));
    const felt = new ListObservations(userId, { limit: 2 });
    return [items, await Promise.all(found), await new ListObservationsHandler(reads, log).execute(felt)];
  },
];

/** The places of the user's emotions and statistics among the answers about a user. */
const EMOTIONS = questions.findIndex((ask) => ask.toString().includes('ListEmotions'));
const STATS = questions.findIndex((ask) => ask.toString().includes('GetStats'));

type Ask = (userId: string, work: () => Promise<unknown>) => Promise<unknown>;

/** The text of every answer about every user; of a refusal, its code and message. */
async function answers(
  reads: UserReads,
  log: UserLog,
  at: Ask = (_userId, work) => work(),
): Promise<string[]> {
  const texts: string[] = [];
  for (const userId of USERS)
    for (const ask of questions) {
      const answer = at(userId, () => ask(reads, userId, log));
      texts.push(
        await answer.then(JSON.stringify, (error: unknown) => {
          if (error instanceof StoreError) return `${error.code} ${error.message}`;
          throw error;
        }),
      );
    }
  return texts;
}

/** The present and past reads of a database, as a request has them. */
class ReadsOfTest {
  private readonly reader: StoreReader;
  private readonly states: PastStates;

  constructor(
    private readonly db: TestDatabase,
    maxBytes?: { one: number; kept: number },
    onRead?: (event: ScannedEvent) => void,
  ) {
    this.reader = openStoreReader(db.address);
    const { reader } = this;
    const eventsOfUser: StoreReader['eventsOfUser'] = async (query) => {
      const page = await reader.eventsOfUser(query);
      if (onRead) page.events.forEach(onRead);
      return page;
    };
    const counted = Object.assign(Object.create(reader) as StoreReader, { eventsOfUser });
    this.states = new PastStates(counted, new EventDecoder(), maxBytes);
  }

  at(position: number): Promise<string[]> {
    const reads = this.readsAt(position);
    return answers(reads, new UserLog(this.db.reads), (userId, work) => reads.at(userId, position, work));
  }

  ask(ask: (typeof questions)[number], userId: string, position: number): Promise<unknown> {
    const reads = this.readsAt(position);
    return reads.at(userId, position, () => ask(reads, userId, new UserLog(this.db.reads)));
  }

  private readsAt(position: number): RequestReads {
    const rows = new PastRows(this.states);
    const past = (userId: string): ReturnType<ConstructorParameters<typeof RequestReads>[1]['at']> => ({
      get: async (table, ...key) => (await rows.getAll({ userId, position }, table.name, [key]))[0] as never,
      getAll: (table, keys) => rows.getAll({ userId, position }, table.name, keys) as never,
      list: (table, query) => rows.list({ userId, position }, table.name, query) as never,
      searchMemories: (question) => rows.search({ userId, position }, question),
    });
    return new RequestReads(this.db.reads, { at: past });
  }

  async close(): Promise<void> {
    this.states.close();
    await this.reader.close();
  }
}

type Check = (db: TestDatabase) => Promise<void>;

/** Runs the check on a new database. */
async function onNew(database: (typeof DATABASES)[number], check: Check): Promise<void> {
  const db = await database.open();
  try {
    await check(db);
  } finally {
    await db.close();
  }
}

for (const database of DATABASES) {
  describe(`${database.name}: the rows of the past`, () => {
    it('give the answers that the live rows gave, to the last byte, in any order and after a restart', async () => {
      await fc.assert(
        fc.asyncProperty(bursts, fc.infiniteStream(fc.nat()), fc.boolean(), async (sent, order, restart) => {
          await onNew(database, async (db) => {
            const writer = db.writer(brittleFolds(), { clock: minuteClock() });
            const recorded: { position: number; texts: string[] }[] = [];
            for (const [i, burst] of [[], ...sent].entries()) {
              await sendAll(writer, [burst], `burst ${i}`);
              recorded.push({
                position: (await db.log.head()).position,
                texts: await answers(db.reads, new UserLog(db.reads)),
              });
            }
            if (restart) await db.reopen();
            const reads = new ReadsOfTest(db);
            try {
              for (const { position, texts } of recorded.toSorted(() => (order.next().value % 3) - 1))
                expect(await reads.at(position)).toEqual(texts);
            } finally {
              await reads.close();
            }
          });
        }),
        RUNS,
      );
    });

    it('are the same at every position, folded from the start or on from any other', async () => {
      const order = fc.array(fc.nat(), { minLength: 7, maxLength: 7 });
      await fc.assert(
        fc.asyncProperty(bursts, order, async (sent, drawn) => {
          await onNew(database, async (db) => {
            await sendAll(db.writer(brittleFolds(), { clock: minuteClock() }), sent);
            const { position: head } = await db.log.head();
            const shared = new ReadsOfTest(db);
            // Most of its states count as large, and hardly any can be kept.
            const crowded = new ReadsOfTest(db, { one: MIB, kept: MIB / 4 });
            try {
              for (const position of drawn.map((each) => each % (head + 1))) {
                const fresh = new ReadsOfTest(db);
                const expected = await fresh.at(position);
                await fresh.close();
                expect(await shared.at(position)).toEqual(expected);
                expect(await crowded.at(position)).toEqual(expected);
              }
            } finally {
              await shared.close();
              await crowded.close();
            }
          });
        }),
        propertyRuns(2),
      );
    });

    it('end before an event that stops the live projection, until an operator has it skipped', async () => {
      await onNew(database, async (db) => {
        await db.writer(liveFolds()).write(append([joy(), joy(), joy()], { userId: 'ada' }));
        const { position, eventId } = (await allEvents(db.log))[1] ?? { position: 0, eventId: '' };
        await db.tamper(`update events set data = '{}' where position = ${position}`);
        const reads = new ReadsOfTest(db);
        try {
          const emotions = async (at: number) => (await reads.at(at))[EMOTIONS];
          expect(await emotions(position - 1)).toContain('"frequency":1');
          expect(await emotions(position)).toContain('projection.unavailable');
          expect(await emotions(position + 1)).toContain('projection.unavailable');
          const skip = { projection: 'emotion-trend', eventId, position, cause: '', skippedAt: 0 };
          await db.insertRow(skipsTable, skip);
          expect(await emotions(position + 1)).toContain('"frequency":2');
        } finally {
          await reads.close();
        }
      });
    });

    it('are refused when they are more than is held in memory', async () => {
      await onNew(database, async (db) => {
        const many = Array.from({ length: 600 }, (_, i) => feeling(`emotion ${i}`));
        await db.writer(liveFolds()).write(append(many, { userId: 'ada' }));
        const reads = new ReadsOfTest(db, { one: MIB / 16, kept: MIB });
        try {
          expect((await reads.at(600))[EMOTIONS]).toContain(
            'request.invalid asOf: must not name a state with more than',
          );
          expect((await reads.at(5))[EMOTIONS]).toContain('"total":5');
        } finally {
          await reads.close();
        }
      });
    });

    it('are folded from events of the needed types, each read once for one request, and kept', async () => {
      await onNew(database, async (db) => {
        const by = { userId: 'ada' };
        const sent = Array.from({ length: 40 }, (_, i) => [
          observed({}, by),
          turnRecorded({ turnId: `turn-${i}` }, by),
          formed({ memoryId: `memory-${i}` }, by),
        ]);
        const events = [registered(by), ...sent.flat()] as unknown as NewEvent[];
        await db.writer(liveFolds()).write(append(events, by));
        const read = new Map<string, number>();
        const reads = new ReadsOfTest(db, undefined, ({ type }) => read.set(type, (read.get(type) ?? 0) + 1));
        const readFor = async (ask: (typeof questions)[number], position: number): Promise<object> => {
          read.clear();
          await reads.ask(ask, 'ada', position);
          return Object.fromEntries(read);
        };
        try {
          const [emotions, stats] = [questions[EMOTIONS]!, questions[STATS]!];
          expect(await readFor(emotions, 91)).toEqual({ 'emotion.observed': 30 });
          expect(await readFor(stats, 61)).toEqual({
            'user.registered': 1,
            'emotion.observed': 20,
            'turn.recorded': 20,
            'memory.formed': 20,
          });
          expect(await readFor(stats, 61)).toEqual({});
          // The statistics left out the observations and triggers.
          expect(await readFor(emotions, 61)).toEqual({ 'emotion.observed': 20 });
          expect(await readFor(emotions, 61)).toEqual({});
          // Folded on from the state before, after a look at whether there is anything to fold.
          expect(await readFor(emotions, 67)).toEqual({ 'emotion.observed': 1 + 2 });
        } finally {
          await reads.close();
        }
      });
    });

    it('have a timeline of at most 1,000 marks, which stand for every event once', async () => {
      await onNew(database, async (db) => {
        const writer = db.writer(liveFolds());
        for (let i = 0; i < 6; i++)
          await writer.write(append(Array.from({ length: 450 }, joy), { userId: i % 2 ? 'bob' : 'ada' }));
        const reader = openStoreReader(db.address);
        try {
          const { first, last, marks } = await timelineOf(reader, 'bob', 2_700);
          expect({ first, last, marks: marks.length }).toEqual({ first: 451, last: 2_700, marks: 675 });
          expect(await timelineOf(reader, 'bob', 460)).toMatchObject({ first: 451, last: 460 });
          expect(await timelineOf(reader, 'bob', 450)).toEqual({ first: null, last: null, marks: [] });
        } finally {
          await reader.close();
        }
      });
    });
  });
}
