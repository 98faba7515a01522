import * as fc from 'fast-check';
import { EventDecoder } from '../../src/events/log/event-decoder.js';
import type { EventQuery, StoredEvent } from '../../src/events/log/event-log.js';
import { memoriesTable } from '../../src/projections/memory-index.projection.js';
import type { NewEvent } from '../../src/writer/write-command.js';
import { allEvents, append, joy, numbers, positionsOf, writeTogether } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { brokenAt } from '../support/event-chain.js';
import { liveFolds } from '../support/folds.js';
import { noFolds } from '../support/no-folds.js';
import { propertyRuns } from '../support/property-runs.js';
import type { TestDatabase } from '../support/test-database.js';

const USERS = ['ada', 'bob', 'ADA'];
const STREAMS = ['a', 'b', 'emotion:ada'];
const TYPES = ['emotion.observed', 'user.registered', 'session.started'] as const;
const TIMES = { min: -5, max: 5 };

/** An event as it was sent, and the position it must get. */
interface Sent {
  userId: string;
  streamId: string;
  type: string;
  occurredAt: number;
  position: number;
  data: string;
}

const DATA = {
  'emotion.observed': joy().data,
  'user.registered': {},
  'session.started': { sessionId: 's' },
};

const newEvent = fc.record({
  streamId: fc.constantFrom(...STREAMS),
  type: fc.constantFrom(...TYPES),
  occurredAt: fc.integer(TIMES),
});

/** A history of commands, each with its user and its events. */
const history = fc.array(
  fc.tuple(fc.constantFrom(...USERS), fc.array(newEvent, { minLength: 1, maxLength: 4 })),
  { minLength: 1, maxLength: 25 },
);

const query: fc.Arbitrary<EventQuery> = fc.record(
  {
    after: fc.integer({ min: 0, max: 60 }),
    upTo: fc.integer({ min: 0, max: 60 }),
    limit: fc.integer({ min: 1, max: 60 }),
    types: fc.array(fc.constantFrom(...TYPES, 'memory.formed'), { maxLength: 3 }),
    userId: fc.constantFrom(...USERS, 'nobody'),
    streamId: fc.constantFrom(...STREAMS, 'none'),
    from: fc.integer(TIMES),
    to: fc.integer(TIMES),
  },
  { requiredKeys: ['after', 'limit'] },
);

/** The expected result of a read, from a plain list in log order. */
function naiveRead(
  sent: readonly Sent[],
  { after, upTo, limit, types, userId, streamId, from, to }: EventQuery,
): Sent[] {
  return sent
    .filter((event) => event.position > after)
    .filter((event) => upTo === undefined || event.position <= upTo)
    .filter((event) => types === undefined || types.includes(event.type))
    .filter((event) => userId === undefined || event.userId === userId)
    .filter((event) => streamId === undefined || event.streamId === streamId)
    .filter((event) => from === undefined || event.occurredAt >= from)
    .filter((event) => to === undefined || event.occurredAt < to)
    .slice(0, limit);
}

function asSent({ userId, streamId, type, occurredAt, position, data }: StoredEvent): Sent {
  return { userId, streamId, type, occurredAt, position, data: data as string };
}

/** Texts that encoders, drivers and databases have been known to change. */
const TEXTS = {
  emoji: '😀👩‍👩‍👧‍👦🏳️‍🌈🇵🇹 Grinning 😀',
  'right to left': 'مرحبا بالعالم ‏שלום עולם‎ abc',
  Chinese: '東京へ行きたい。漢字とかな、한국어도',
  combining: 'e\u0301 \u00e9 n\u0303o\u0308 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤',
  'four bytes': '𝒳𠜎𐍈🜁\u{10ffff}',
  controls: 'tab\t line\n return\r bell\u0007 delete\u007f separators\u2028\u2029 bom\ufeff',
  quotes: `'"\`\\ %s $1 :name @p ?1 -- ; {"a":1} \\u0041`,
  spaces: '  leading, trailing and nothing but \u00a0\u3000 ',
};

function remembering(content: string, metadata: Record<string, unknown> = {}): NewEvent {
  const data = {
    memoryId: 'm',
    type: 'fact',
    content,
    context: content,
    confidence: 1,
    importance: 0,
    metadata,
  };
  return { streamId: 'memory:m', type: 'memory.formed', data: data as never };
}

for (const database of DATABASES) {
  describe(`${database.name}: reading the log`, () => {
    it('returns exactly the events that pass every filter, in log order', async () => {
      await fc.assert(
        fc.asyncProperty(
          history,
          fc.array(query, { minLength: 20, maxLength: 20 }),
          async (commands, queries) => {
            const db = await database.open();
            const writer = db.writer(noFolds);
            await Promise.all(
              commands.map(([userId, events]) => {
                const newEvents = events.map((event) => ({ ...event, data: DATA[event.type] }) as NewEvent);
                return writer.write(append(newEvents, { userId }));
              }),
            );
            const sent = commands
              .flatMap(([userId, events]) => events.map((event) => ({ ...event, userId })))
              .map((event, i) => ({ ...event, position: i + 1, data: JSON.stringify(DATA[event.type]) }));

            const answers = await Promise.all(queries.map((filter) => db.log.read(filter)));
            await db.close();

            expect(answers.map((events) => events.map(asSent))).toEqual(
              queries.map((filter) => naiveRead(sent, filter)),
            );
          },
        ),
        propertyRuns(6),
      );
    });

    it('misses and repeats nothing in pages of any size, with and without a filter', async () => {
      const db = await database.open();
      const writer = db.writer(noFolds);
      await Promise.all(
        numbers(30).map((n) => writer.write(append([joy(`s${n % 3}`)], { userId: `u${n % 2}` }))),
      );
      const filters: Partial<EventQuery>[] = [
        {},
        { userId: 'u1' },
        { streamId: 's2' },
        { types: ['emotion.observed'] },
      ];
      for (const filter of filters) {
        const whole = await db.log.read({ ...filter, after: 0, limit: 1_000 });
        for (const limit of numbers(31)) {
          const paged: StoredEvent[] = [];
          for (;;) {
            const page = await db.log.read({ ...filter, after: paged.at(-1)?.position ?? 0, limit });
            paged.push(...page);
            if (page.length < limit) break;
          }
          expect(paged).toEqual(whole);
        }
      }
      await db.close();
    });

    it('never returns part of a command, even while it is being written', async () => {
      const db = await database.open();
      const writer = db.writer(liveFolds(), { limits: { batch: 10 } });
      const written = numbers(200).map(() => writer.write(append([joy('a'), joy('b'), joy('c')])));
      const seen: number[] = [];
      while (writer.queued > 0) {
        seen.push((await allEvents(db.log)).length, (await db.log.head()).position);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await Promise.all(written);
      await db.close();

      expect(new Set(seen).size).toBeGreaterThan(2);
      expect(seen.filter((count) => count % 3 !== 0)).toEqual([]);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    });
  });

  describe(`${database.name}: the store`, () => {
    let db: TestDatabase;

    beforeEach(async () => {
      db = await database.open();
    });

    afterEach(() => db.close());

    it.each(Object.entries(TEXTS))(
      'keeps %s unchanged in events, envelopes and rows',
      async (_what, text) => {
        const event = { ...remembering(text, { [text]: [text] }), streamId: `memory:${text}` };
        const command = append([event], { userId: text, actor: text, correlationId: text, key: text });
        await db.writer(liveFolds()).write(command);
        await db.reopen();

        const [stored] = await db.log.read({ after: 0, limit: 1, userId: text, streamId: `memory:${text}` });
        expect(stored).toMatchObject({ userId: text, actor: text, correlationId: text });
        expect(stored?.data).toBe(JSON.stringify(event.data));
        const decoded = new EventDecoder().decode(stored as StoredEvent);
        expect(decoded.data).toEqual(event.data);
        expect(await db.rows(memoriesTable)).toMatchObject([
          { userId: text, content: text, context: text, metadata: { [text]: [text] } },
        ]);
        expect(await db.writer(liveFolds()).write(command)).toMatchObject({ replayed: true });
        expect(brokenAt(await allEvents(db.log))).toBeUndefined();
      },
    );

    it('distinguishes names that only look the same', async () => {
      const names = ['\u00e9', 'e\u0301', 'É', 'e', 'ß', 'ss', 'ſ', 's', 'İ', 'i', ' i', 'i '];
      const outcomes = await writeTogether(
        db.writer(liveFolds()),
        names.map((name) => append([joy(name)], { userId: name, expected: { [name]: 'none' } })),
      );

      expect(outcomes.filter((outcome) => typeof outcome === 'string')).toEqual([]);
      for (const name of names) {
        const events = await db.log.read({ after: 0, limit: 10, userId: name, streamId: name });
        expect(events.map(({ userId, version }) => [userId, version])).toEqual([[name, 1]]);
      }
    });

    it('ends a page of large events early, and the pages together have every event once', async () => {
      const sizes = [10, 100_000, 100_000, 100_000, 300_000, 10, 10];
      const events = sizes.map((size) => remembering('long', { long: 'x'.repeat(size) }));
      await db.writer(noFolds).write(append(events));

      const pages: number[][] = [];
      let [after, head] = [0, Infinity];
      while (after < head) {
        const page = await db.reads.eventPage({ after, limit: 100, format: 'ndjson' });
        const lines = Buffer.from(page.text).toString().trimEnd().split('\n');
        pages.push(lines.map((line) => (JSON.parse(line) as StoredEvent).position));
        expect(page.text.byteLength).toBeLessThan(256 * 1024 + 300_000 + 2_000);
        ({ nextAfter: after, head } = page);
      }

      expect(pages).toEqual([[1, 2, 3, 4], [5], [6, 7]]);
    });

    it('keeps a megabyte unchanged', async () => {
      const big = '0123456789abcdef'.repeat(65_536);
      const emoji = '🗼é漢 '.repeat(100_000);
      const events = [remembering('big', { big }), { ...joy(), ...remembering('emoji', { emoji }) }];
      const written = await db.writer(noFolds).write(append(events, { key: 'k' }));
      await db.reopen();

      const stored = await allEvents(db.log);
      expect(positionsOf(written)).toEqual([1, 2]);
      expect(stored.map(({ data }) => data === JSON.stringify(events.shift()?.data))).toEqual([true, true]);
      expect(brokenAt(stored)).toBeUndefined();
    });

    it('keeps numbers unchanged', async () => {
      const metadata = {
        integers: [0, 1, -1, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)],
        fractions: [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, 1e21, 1e-7],
      };
      const times = [0, -1, -62_135_596_800_000, 253_402_300_799_999];
      await db
        .writer(liveFolds())
        .write(append([remembering('numbers', metadata), ...times.map((at) => joy('emotion:ada', at))]));

      const [memory, ...observed] = await allEvents(db.log);
      expect(memory?.data).toBe(JSON.stringify(remembering('numbers', metadata).data));
      expect(observed.map(({ occurredAt }) => occurredAt)).toEqual(times);
      expect(await db.rows(memoriesTable)).toMatchObject([{ metadata, confidence: 1, importance: 0 }]);
    });
  });
}
