import * as fc from 'fast-check';
import { words } from '../../src/database/full-text.js';
import { stem, stemmedLanguage } from '../../src/database/stems.js';
import { columnName, type Table } from '../../src/database/table.js';
import type { StoreEvent } from '../../src/events/event-catalog.js';
import { checkpointsTable } from '../../src/events/log/log-tables.js';
import { catchUp } from '../../src/projections/folding/catch-up.js';
import { memoriesTable, memoryIndex, type MemoryRow } from '../../src/projections/memory-index.projection.js';
import {
  memorySummariesTable,
  type MemorySummaryRow,
} from '../../src/projections/memory/memory-summaries.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import type { RemoteMemoryIndex } from '../../src/projections/reads/search/memory-index.js';
import { searchRemote, type MemoryQuestion } from '../../src/projections/reads/search/memory-search.js';
import { vectorText } from '../../src/validation/vector-text.js';
import type { Written } from '../../src/writer/write-command.js';
import { allEvents } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { brokenAt } from '../support/event-chain.js';
import { brittleFolds } from '../support/folds.js';
import {
  EVERY_MEMORY,
  memoryIndexOf,
  searchEveryMemory,
  termsOnly,
} from '../support/memory-index-in-memory.js';
import type { MemoryRowStore } from '../support/memory-row-store.js';
import { serviceAnswers, naiveAnswers } from '../support/naive-answers.js';
import { noFolds } from '../support/no-folds.js';
import { propertyRuns } from '../support/property-runs.js';
import {
  EMBEDDINGS,
  MODELS,
  INPUTS,
  bursts,
  minuteClock,
  sendAll,
  sendTogether,
  USERS,
  WORDS,
  type Outcome,
} from '../support/random-commands.js';
import { decoded, catchUpParts, refolded, refoldedRows, storedRows } from '../support/refolded.js';
import { COMMAND_NAMES } from '../support/sent-commands.js';
import type { TestDatabase } from '../support/test-database.js';

const RUNS = propertyRuns(3);
const WRONG = {
  text: `'wrong'`,
  json: `'[]'`,
  integer: '77',
  real: '0.77',
  bytes: `''`,
  payload: `''`,
};
const TERMS = [...new Set(WORDS.flatMap(words).flatMap((word) => [stem(word), stem(word, 'de')]))];

/** Manual changes to rows. */
const corruptions = fc.subarray(
  PROJECTIONS.flatMap(({ tables }) => tables).flatMap((table) => [deletion(table), ...wrongValues(table)]),
  { minLength: 1 },
);

function deletion({ name }: Table): string {
  return `delete from ${name}`;
}

/** Sets every column that is in no index to a wrong value. */
function wrongValues({ name, columns, key, indexes }: Table): string[] {
  const indexed = new Set([...key, ...indexes.flatMap((index) => index.columns)]);
  const others = Object.keys(columns).filter((column) => !indexed.has(column));
  const wrong = others.map((column) => {
    const { kind = 'text' } = columns[column] ?? {};
    return `${columnName(column)} = ${kind === 'boolean' ? `not ${columnName(column)}` : WRONG[kind]}`;
  });
  return wrong.length > 0 ? [`update ${name} set ${wrong.join(', ')}`] : [];
}

function questionsOf(userId: string): MemoryQuestion[] {
  const texts = [WORDS.slice(0, 5).join(' '), WORDS.slice(5).join(' ')];
  const embeddings = EMBEDDINGS.map((embedding, i) => ({
    model: MODELS[i % MODELS.length] as string,
    vector: vectorText(embedding) as string,
    weight: i + 0.5,
  }));
  return texts.flatMap((q) =>
    [undefined, ...embeddings].map((embedding) => ({
      userId,
      q,
      minConfidence: 0,
      limit: 20,
      ...(embedding && { embedding }),
    })),
  );
}

/** A memory that is in no event. */
function memoryOfNoEvent(userId: string): MemoryRow {
  return {
    userId,
    memoryId: 'planted',
    formedPosition: 1_000_000,
    indexId: 1_000_000,
    statedAt: 0,
    questionShare: 0,
    type: 'fact',
    content: WORDS.join(' '),
    context: null,
    confidence: 1,
    importance: 1,
    metadata: {},
    sessionId: null,
    turnId: null,
    language: null,
    pinned: false,
    expiresAt: null,
    supersedes: null,
    supersededBy: null,
    contradicts: null,
    recallCount: 0,
    lastRecalledAt: null,
    termCount: 9,
    occurredAt: 0,
    createdAt: 0,
    updatedAt: 0,
    version: 1,
    position: 1_000_000,
  };
}

/** What ranking needs to know of a user's memories, counted from all of them and from their events. */
function countedSummary(
  userId: string,
  rows: MemoryRowStore,
  events: readonly StoreEvent[],
): MemorySummaryRow | undefined {
  const row = rows.load(memorySummariesTable, [userId]) as MemorySummaryRow | undefined;
  const memories = rows.all(memoriesTable).filter((memory) => memory.userId === userId);
  const stated = events.filter((event) => event.userId === userId && states(event));
  return (
    row && {
      ...row,
      total: memories.length,
      languages: countedLanguages(memories),
      terms: memories.reduce((sum, { termCount }) => sum + termCount, 0),
      newestAt: Math.max(
        EARLIEST,
        ...stated.map(({ occurredAt, recordedAt }) => Math.min(occurredAt, recordedAt)),
      ),
    }
  );
}

/** What is kept where all that was ever said is taken back or erased, ms UTC. */
const EARLIEST = Date.UTC(1900, 0);

/** How many of the memories have stems of another language than English. */
function countedLanguages(memories: readonly MemoryRow[]): MemorySummaryRow['languages'] {
  const tags = memories.flatMap(({ language }) => stemmedLanguage(language) ?? []);
  return Object.fromEntries(tags.map((tag) => [tag, tags.filter((other) => other === tag).length]));
}

/** Whether an event says something new. */
function states(event: StoreEvent): boolean {
  if (event.type !== 'memory.revised')
    return event.type === 'memory.formed' || event.type === 'memory.confirmed';
  return 'content' in event.data.changes || 'context' in event.data.changes;
}

/** The answers of the full-text index: memories and counts by user and term, hits by question. */
async function searches(db: TestDatabase): Promise<unknown> {
  const answers = [];
  for (const userId of USERS) {
    answers.push(await db.index.lookUp(userId, termsOnly(TERMS), EVERY_MEMORY));
    for (const question of questionsOf(userId)) answers.push(await db.reads.searchMemories(question));
  }
  return answers;
}

interface Accepted extends Outcome {
  answer: Written;
}

function accepted(outcomes: readonly Outcome[]): Accepted[] {
  return outcomes.filter((outcome): outcome is Accepted => typeof outcome.answer !== 'string');
}

type Check<T> = (db: TestDatabase, outcomes: Outcome[], value: T) => Promise<void>;

/** Runs the check after random bursts of commands, each time on a new database. */
async function afterBursts<T>(
  database: (typeof DATABASES)[number],
  values: fc.Arbitrary<T>,
  check: Check<T>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(bursts, values, async (sent, value) => {
      const db = await database.open();
      try {
        const writer = db.writer(brittleFolds(), { clock: minuteClock() });
        await check(db, await sendAll(writer, sent), value);
      } finally {
        await db.close();
      }
    }),
    RUNS,
  );
}

for (const database of DATABASES) {
  describe(`${database.name}: the live rows after random bursts of commands`, () => {
    const nothing = fc.constant(undefined);

    it('are the result of every kind of command', () => {
      expect(Object.keys(INPUTS).toSorted()).toEqual(COMMAND_NAMES);
    });

    it('are exactly the rows of the log when it is folded again in memory', async () => {
      await afterBursts(database, nothing, async (db) => {
        expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
        expect(brokenAt(await allEvents(db.log))).toBeUndefined();
        const { position } = await db.log.head();
        const behind = (await db.rows(checkpointsTable)).filter(
          (checkpoint) => checkpoint.position !== position,
        );
        expect(behind).toEqual([]);
      });
    });

    it('give the same answers as counting the events themselves, however late they arrive', async () => {
      await afterBursts(database, nothing, async (db) => {
        const events = await decoded(db.log);
        const now = events.at(-1)?.recordedAt ?? 0;
        for (const userId of USERS) {
          // What was taken back is as if it had never been said.
          const userEvents = events.filter((event) => event.userId === userId && !event.retraction);
          expect(await serviceAnswers(db.reads, userId)).toEqual(naiveAnswers(userId, userEvents, now));
        }
      });
    });

    it('do not change when every command is retried by its key, which returns the first answers', async () => {
      await afterBursts(database, fc.boolean(), async (db, outcomes, restart) => {
        const answers = Map.groupBy(accepted(outcomes), ({ command }) => command.key);
        for (const same of answers.values()) {
          // Commands that were sent at once may overtake each other: which of them is the first is open.
          expect(same.filter(({ answer }) => !answer.replayed)).toHaveLength(1);
          expect(new Set(same.map(({ answer }) => `${answer.status} ${answer.body}`)).size).toBe(1);
        }
        const before = { head: await db.log.head(), rows: await storedRows(db) };
        if (restart) await db.reopen();

        const first = [...answers.values()].map(([outcome]) => outcome as Accepted);
        const again = await sendTogether(
          db.writer(brittleFolds(), { clock: minuteClock() }),
          first.map(({ command }) => command),
        );

        expect(again.map(({ answer }) => answer)).toEqual(
          first.map(({ answer }) => ({ ...answer, replayed: true })),
        );
        expect({ head: await db.log.head(), rows: await storedRows(db) }).toEqual(before);
      });
    });

    it('are refolded, with their full-text index, when a checkpoint is lost or wrong', async () => {
      const lost = fc.subarray(
        PROJECTIONS.map(({ name }) => name),
        { minLength: 1 },
      );
      const loss = fc.constantFrom(
        (name: string) => `delete from checkpoints where projection = '${name}'`,
        (name: string) => `update checkpoints set version = version - 1 where projection = '${name}'`,
        (name: string) => `update checkpoints set position = position + 1 where projection = '${name}'`,
      );
      await afterBursts(
        database,
        fc.tuple(lost, loss, corruptions),
        async (db, _outcomes, [names, lose, corrupt]) => {
          const before = { rows: await storedRows(db), found: await searches(db) };
          const { position } = await db.log.head();
          for (const name of names) await db.execute(lose(name));
          if (names.includes(memoryIndex.name)) await db.insertRow(memoriesTable, memoryOfNoEvent('ada'));
          if (names.length === PROJECTIONS.length) for (const sql of corrupt) await db.execute(sql);
          await db.reopen();

          const done = await catchUp(catchUpParts(db), PROJECTIONS);

          expect(done).toEqual(
            position === 0 ? [] : names.map((projection) => ({ projection, events: position })),
          );
          expect({ rows: await storedRows(db), found: await searches(db) }).toEqual(before);
          expect(await catchUp(catchUpParts(db), PROJECTIONS)).toEqual([]);
        },
      );
    });

    it('catch up with events that were appended without being folded', async () => {
      await afterBursts(database, bursts, async (db, _outcomes, unfolded) => {
        const before = await db.log.head();
        await sendAll(db.writer(noFolds, { clock: minuteClock() }), unfolded, 'unfolded');
        await db.reopen();

        const done = await catchUp(catchUpParts(db), PROJECTIONS);

        const { position } = await db.log.head();
        const behind = position - before.position;
        expect(done).toEqual(
          PROJECTIONS.filter(() => behind > 0).map(({ name }) => ({ projection: name, events: behind })),
        );
        expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
      });
    });

    it('are found by exactly the words they contain, and ranked as by a scan of all memories', async () => {
      const someTerms = fc.uniqueArray(fc.constantFrom(...TERMS), { minLength: 1, maxLength: 4 });
      await afterBursts(database, someTerms, async (db, _outcomes, terms) => {
        const rows = await refolded(db.log);
        const events = (await decoded(db.log)).filter(({ retraction }) => !retraction);
        for (const userId of [...USERS, 'nobody']) {
          const held = memoryIndexOf(rows).lookUp(userId, termsOnly(terms), EVERY_MEMORY);
          expect((await db.index.lookUp(userId, termsOnly(terms), EVERY_MEMORY)).terms).toEqual(held.terms);
          expect(held.summary).toEqual(countedSummary(userId, rows, events));
          for (const question of questionsOf(userId)) {
            const hits = searchEveryMemory(rows, question);
            expect(await db.reads.searchMemories(question)).toEqual({ hits, complete: true });
            if (question.embedding) continue;
            // These users have few memories, which a search reads at once; of many it looks words up.
            const lookedUp = await searchRemote(db.index as RemoteMemoryIndex, question);
            expect(lookedUp).toEqual({ hits, complete: true });
          }
        }
      });
    });
  });
}
