import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { folded } from '../../../../test/support/folded.js';
import { forgotten, formed, recalled, revised } from '../../../../test/support/happened.js';
import {
  memoryIndexOf,
  scoredMemories,
  searchEveryMemory,
} from '../../../../test/support/memory-index-in-memory.js';
import { NOW, USER, type Happened } from '../../../../test/support/recorder.js';
import { MEMORY_TYPES, type MemoryFormed } from '../../../events/memory/memory-formed.event.js';
import { memoriesTable, memoryIndex } from '../../memory-index.projection.js';
import { memorySummariesTable, type MemorySummaryRow } from '../../memory/memory-summaries.js';
import { fewMemoriesIndex } from './few-memories.js';
import type { RemoteMemoryIndex } from './memory-index.js';
import { SEARCH_BOUNDS, searchMemories, searchRemote, type MemoryQuestion } from './memory-search.js';
import type { MemoryHit } from './search.js';

const DAY_MS = 86_400_000;

/** A memory with defaults for everything that a test does not set; `age` in days. */
const remembered = (
  memoryId: string,
  content: string,
  overrides: Partial<MemoryFormed> = {},
  age = 0,
): Happened =>
  formed(
    { memoryId, content, importance: 0.5, confidence: 0.9, ...overrides },
    { occurredAt: NOW - age * DAY_MS },
  );

/** Memories of different days, so that none is a neighbour of another; the last is the newest. */
const apart = (...contents: string[]): Happened[] =>
  contents.map((content, i) => remembered(`m${i}`, content, {}, 2 * (contents.length - 1 - i)));

/** Memories of one conversation. */
const together = (...contents: string[]): Happened[] =>
  contents.map((content, i) => remembered(`m${i}`, content));

function search(happened: Happened[], q: string, overrides: Partial<MemoryQuestion> = {}): MemoryHit[] {
  const index = memoryIndexOf(folded(memoryIndex, happened));
  return searchMemories(index, { userId: USER, q, minConfidence: 0.3, limit: 5, ...overrides }).hits;
}

const idsOf = (hits: MemoryHit[]) => hits.map(({ memory }) => memory.memoryId);
const partsOf = (happened: Happened[], q: string, memoryId: string) =>
  search(happened, q, { limit: 100 }).find(({ memory }) => memory.memoryId === memoryId)?.parts;

/** Inverse frequency of a word in so many of three memories. */
const idf = (n: number) => Math.log(1 + (3 - n + 0.5) / (n + 0.5));

describe('searching memories', () => {
  it('finds a memory by any word of the question, in its content or its context', () => {
    const happened = [
      remembered('a', 'Her boat is called Marlin.', {}, 4),
      remembered('b', 'She drinks tea.', { context: 'Said on the boats.' }, 2),
      remembered('c', 'She plays chess.'),
    ];
    expect(idsOf(search(happened, 'Which boat, or rather sailing?')).toSorted()).toEqual(['a', 'b']);
  });

  it('finds nothing without memories, matches or words', () => {
    expect(search([], 'boat')).toEqual([]);
    expect(search([remembered('a', 'boat')], 'plane')).toEqual([]);
    expect(search([remembered('a', 'boat')], '…')).toEqual([]);
    expect(search([remembered('a', 'boat'), forgotten('a')], 'boat')).toEqual([]);
  });

  it("does not find another user's memories", () => {
    const happened = [
      remembered('mine', 'boat'),
      formed({ memoryId: 'theirs', content: 'boat' }, { userId: 'user-2' }),
    ];
    expect(idsOf(search(happened, 'boat'))).toEqual(['mine']);
    expect(idsOf(search(happened, 'boat', { userId: 'user-2' }))).toEqual(['theirs']);
    expect(search(happened, 'boat', { userId: 'user-3' })).toEqual([]);
  });

  it('weighs a rare word more than a common one', () => {
    const happened = apart('marlin today', ...Array.from({ length: 8 }, (_, i) => `tea number ${i}`));
    expect(idsOf(search(happened, 'tea marlin'))[0]).toBe('m0');
  });

  it("weighs words by the user's own memories only", () => {
    const others = Array.from({ length: 20 }, (_, i) =>
      formed({ memoryId: `other-${i}`, content: 'boat' }, { userId: 'user-2' }),
    );
    const mine = apart('boat', 'tea');
    expect(search([...mine, ...others], 'boat tea')[0]?.score).toBe(search(mine, 'boat tea')[0]?.score);
  });

  it('counts a word once, however often it is said and however long the text is', () => {
    const happened = apart('boat boat boat', 'the boat in the harbour of the old town by the sea', 'tea');
    const [first, second] = search(happened, 'boat');
    expect(first?.parts.text).toBe(second?.parts.text);
  });

  it('adds up the inverse frequencies of the words as shares of those of the question', () => {
    const happened = apart('boat in the harbour', 'a harbour', 'tea');
    const all = idf(1) + idf(2) + idf(0);
    const [hit] = search(happened, 'boat harbour plane');
    expect(hit?.parts.terms).toEqual({
      boat: { weight: idf(1) / all, presence: 1, score: idf(1) / all / 2, language: 'en' },
      harbour: { weight: idf(2) / all, presence: 1, score: idf(2) / all / 2, language: 'en' },
    });
    expect(hit?.parts.text).toBe((idf(1) / all + idf(2) / all) / 2);
  });

  it('finds the forms of a word that no rule makes', () => {
    const happened = apart('They went to Porto.', 'One child', 'A bowl of tea in the morning');
    expect(idsOf(search(happened, 'Did they go?'))).toEqual(['m0']);
    expect(idsOf(search(happened, 'children'))).toEqual(['m1']);
    expect(idsOf(search(happened, 'gone'))).toEqual(['m0']);
  });

  it('returns the best first, and among equals the last formed', () => {
    const happened = together('boat one', 'boat harbour', 'boat two', 'boat three');
    const hits = search(happened, 'boat harbour');
    expect(idsOf(hits)[0]).toBe('m1');
    const equals = ['boat one', 'boat two', 'boat six'].flatMap((content, i) => [
      remembered(`m${i}`, content),
      remembered(`other${i}`, 'tea', {}, 9),
    ]);
    expect(idsOf(search(equals, 'boat'))).toEqual(['m2', 'm1', 'm0']);
  });

  it('returns no more than the limit', () => {
    const happened = Array.from({ length: 9 }, (_, i) => remembered(`m${i}`, 'boat'));
    expect(search(happened, 'boat', { limit: 3 })).toHaveLength(3);
    expect(search(happened, 'boat', { limit: 100 })).toHaveLength(9);
  });

  it('leaves out what does not pass the filter', () => {
    const happened = [
      remembered('a', 'boat', { type: 'fact', confidence: 0.3 }, 30),
      remembered('b', 'boat', { type: 'pattern', confidence: 0.29 }, 20),
      remembered('c', 'boat', { type: 'pattern', confidence: 1, sessionId: 's' }, 10),
      remembered('d', 'boat', { type: 'emotional', confidence: 0.5 }),
    ];
    const found = (filter: Partial<MemoryQuestion>) => idsOf(search(happened, 'boat', filter)).toSorted();
    expect(found({})).toEqual(['a', 'c', 'd']);
    expect(found({ types: ['pattern', 'emotional'] })).toEqual(['c', 'd']);
    expect(found({ types: ['pattern'], minConfidence: 0 })).toEqual(['b', 'c']);
    expect(found({ minConfidence: 0.9 })).toEqual(['c']);
    expect(found({ sessionId: 's' })).toEqual(['c']);
    expect(found({ sessionId: 'other' })).toEqual([]);
    expect(found({ from: NOW - 10 * DAY_MS })).toEqual(['c', 'd']);
    expect(found({ to: NOW - 10 * DAY_MS })).toEqual(['a']);
    expect(found({ from: NOW - 30 * DAY_MS, to: NOW })).toEqual(['a', 'c']);
  });

  it('finds a sure memory among many unsure ones, also without a filter of its own', () => {
    const unsure = Array.from({ length: 700 }, (_, i) =>
      remembered(`unsure${i}`, 'boat boat', { confidence: 0.2 }),
    );
    const sure = remembered('sure', 'Since spring she may not go on a boat for longer than an hour a day');
    expect(idsOf(search([...unsure, sure], 'boat'))).toEqual(['sure']);
  });

  it('finds the telling word at the end of a long message', () => {
    const story = Array.from({ length: 200 }, (_, i) => `story${i}`).join(' ');
    const told = Array.from({ length: 200 }, (_, i) => `story${i} and boat`);
    const happened = apart('Her therapist is called Ingrid', ...told);
    const hits = search(happened, `${story} ${story} therapist Ingrid?`);
    expect(idsOf(hits)[0]).toBe('m0');
  });
});

/** How much of "harbour" is in a memory that also has another word of the question. */
const presence = (happened: Happened[], id: string) =>
  partsOf(happened, 'harbour? Rain at noon? Good tea? Fine.', id)?.terms['harbour']?.presence;

describe('the neighbours of a memory', () => {
  const about = [
    'Rain again.',
    'Shall we go to the harbour?',
    'Yes, at noon.',
    'Good.',
    'Tea first.',
    'Fine.',
  ];

  it('count for it, more when the one before asks', () => {
    const happened = together(...about);
    const counted = ['m0', 'm1', 'm2', 'm3', 'm4'].map((id) => presence(happened, id));
    expect(counted).toEqual([0.3, 1, 0.6, 0.15, undefined]);
    expect(presence(together(...about.with(1, 'We go to the harbour.')), 'm2')).toBe(0.3);
  });

  it('are not found without a word of the question, unless the one before asks with one', () => {
    expect(idsOf(search(together(...about), 'harbour'))).toEqual(['m1', 'm2']);
    expect(idsOf(search(together(...about.with(1, 'We go to the harbour.')), 'harbour'))).toEqual(['m1']);
  });

  it('are not across a pause of more than an hour', () => {
    const happened = [...together(...about.slice(0, 2)), remembered('later', 'Yes, at noon.', {}, -1)];
    expect(idsOf(search(happened, 'harbour'))).toEqual(['m1']);
  });

  it('do not include what is forgotten', () => {
    expect(idsOf(search([...together(...about), forgotten('m1')], 'harbour'))).toEqual([]);
    expect(presence([...together(...about), forgotten('m1')], 'm0')).toBeUndefined();
  });

  it('are those of a revision', () => {
    const revision = { content: { from: null, to: 'Shall we stay?' } };
    expect(search([...together(...about), revised('m1', revision)], 'harbour')).toEqual([]);
  });

  it('let the answer to a question win over another question', () => {
    const happened = together(
      'Mira: Tom, what is the boat called?',
      'Tom: Marlin, as the fish.',
      'Mira: Nice!',
      'Mira: And how is the weather?',
    );
    expect(idsOf(search(happened, 'What did Tom call the boat?'))[0]).toBe('m1');
  });
});

describe('a name that the question names', () => {
  const happened = apart('Mira: I like the boat, Tom.', 'Tom: I like the boat, Mira.');

  it('doubles what the memories labelled with it are worth', () => {
    expect(partsOf(happened, 'Does Tom like the boat?', 'm1')?.speaker).toBe(2);
    expect(partsOf(happened, 'Does Tom like the boat?', 'm0')?.speaker).toBe(1);
    expect(idsOf(search(happened, 'Does Mira like the boat?'))[0]).toBe('m0');
  });

  it('does not when the question names several', () => {
    expect(partsOf(happened, 'Do Mira and Tom like the boat?', 'm1')?.speaker).toBe(1);
  });

  it('may have several words', () => {
    const named = apart('Mira Stone: the boat is blue', 'Tom Stern: the boat is red');
    expect(partsOf(named, 'What colour is the boat of Mira Stone?', 'm0')?.speaker).toBe(2);
    expect(partsOf(named, 'What colour is the boat of Mira?', 'm0')?.speaker).toBe(2);
  });
});

describe('what a question asks for beside its words', () => {
  it('is a date', () => {
    const happened = apart('the boat is old', 'the boat is new');
    const q = `What about the boat on ${new Date(NOW - 2 * DAY_MS).toISOString().slice(0, 10)}?`;
    expect(idsOf(search(happened, q))[0]).toBe('m0');
    expect(['m0', 'm1'].map((id) => partsOf(happened, q, id)?.date)).toEqual([0.25, 0.125]);
    expect(partsOf(happened, 'the boat', 'm0')?.date).toBe(0);
  });

  it('is a place', () => {
    const happened = apart('The boat is old', 'The boat is in Porto');
    const places = (q: string) => ['m0', 'm1'].map((id) => partsOf(happened, q, id)?.place);
    expect(places('Where is the boat?')).toEqual([0, 0.1]);
    expect(places('Whose boat is it?')).toEqual([0, 0]);
  });

  it('is rarely another question', () => {
    const happened = apart('Is the boat old? Is it blue?', 'It is: the boat is old.');
    expect(partsOf(happened, 'boat', 'm0')?.questions).toBe(0.1);
    expect(idsOf(search(happened, 'the old boat'))).toEqual(['m1', 'm0']);
  });

  it('is hidden in a text much longer than others', () => {
    const long = `boat ${'and then it rained '.repeat(60)}`;
    const happened = apart(long, 'boat', 'tea', 'rain', 'chess', 'boat and tea', 'music', 'dogs', 'jam');
    const terms = 1 + 4 * 60;
    const average = (terms + 10) / 9;
    expect(partsOf(happened, 'boat', 'm0')?.length).toBeCloseTo(1 + 0.1 * (terms / average - 3), 12);
    expect(partsOf(happened, 'boat', 'm1')?.length).toBe(1);
  });
});

describe('what is said again', () => {
  it('comes after everything else, and is left out when there is enough', () => {
    const again = Array.from({ length: 30 }, (_, i) =>
      remembered(`again${i}`, 'the boat is blue', {}, 2 * (29 - i)),
    );
    const happened = [remembered('other', 'a boat, an old one, for two', {}, 400), ...again];
    expect(idsOf(search(happened, 'boat', { limit: 2 }))).toEqual(['again29', 'other']);
    expect(idsOf(search(happened, 'boat', { limit: 3 }))[1]).toBe('other');
    expect(search(happened, 'boat', { limit: 100 })).toHaveLength(31);
  });

  it('wins when it is newer', () => {
    const happened = [
      remembered('older', 'Her favourite singer is Ana.', { importance: 0.9 }, 180),
      remembered('newer', 'Her favourite singer is now Eva.'),
    ];
    expect(idsOf(search(happened, 'favourite singer'))).toEqual(['newer', 'older']);
  });

  it('is as new as its correction', () => {
    const happened = [
      remembered('corrected', 'She lives in Porto', {}, 800),
      remembered('other', 'She lives in Porto for a while', {}, 200),
      revised('corrected', { content: { from: null, to: 'She lives in Lisbon for good' } }),
    ];
    expect(idsOf(search(happened, 'Where does she live?'))).toEqual(['corrected', 'other']);
    expect(partsOf(happened, 'live', 'corrected')?.recency).toBeCloseTo(1.05, 12);
  });
});

describe('a search among more memories than it compares', () => {
  it('says that a better one may be missing', () => {
    const contents = ['tea', ...Array.from({ length: 600 }, (_, i) => `tea and biscuit number${i}`)];
    const index = memoryIndexOf(folded(memoryIndex, together(...contents)));
    const question = { userId: USER, q: 'tea', minConfidence: 0.3, limit: 5 };
    expect(searchMemories(index, question).complete).toBe(false);
    const fewer = memoryIndexOf(folded(memoryIndex, together(...contents.slice(0, 500))));
    expect(searchMemories(fewer, question).complete).toBe(true);
  });

  it('reads few rows when only few memories contain several of the words', () => {
    const several = Array.from({ length: 20 }, (_, i) => `tea rain jam ${i}`);
    const single = ['tea', 'rain', 'jam'].flatMap((word) =>
      Array.from({ length: 100 }, (_, i) => `${word} and biscuits ${i}`),
    );
    const index = memoryIndexOf(folded(memoryIndex, apart(...single, ...several)));
    let compared = 0;
    const counting: typeof index = {
      ...index,
      scored(userId, slots, filter) {
        compared += slots.length;
        return index.scored(userId, slots, filter);
      },
    };
    const question = { userId: USER, q: 'tea rain jam', minConfidence: 0.3, limit: 5 };
    expect(searchMemories(counting, question).complete).toBe(true);
    expect(compared).toBeLessThanOrEqual(64);
  });

  it('looks up the newest of a word that is in too many, and counts it in the best all the same', () => {
    const contents = ['tea marlin', ...Array.from({ length: 40 }, (_, i) => `tea ${i}`)];
    const index = memoryIndexOf(folded(memoryIndex, together(...contents)));
    const question = { userId: USER, q: 'tea marlin', minConfidence: 0.3, limit: 1 };
    const matches = searchMemories(index, question, { ...SEARCH_BOUNDS, lookedUp: 20 });
    expect(matches.complete).toBe(false);
    expect(matches.hits).toEqual(searchMemories(index, question).hits);
  });
});

const TOPICS = ['boat', 'tea', 'rain', 'marlin', 'harbour'];

describe('the answer of a search', () => {
  const memory = fc.record({
    words: fc.array(fc.constantFrom(...TOPICS, '?', 'in Porto'), { minLength: 1, maxLength: 6 }),
    label: fc.constantFrom('', '', 'Mira: ', 'Tom: '),
    type: fc.constantFrom(...MEMORY_TYPES),
    sessionId: fc.constantFrom(undefined, 'session-1', 'session-2'),
    confidence: fc.constantFrom(0, 0.1, 0.29, 0.3, 0.5, 1),
    importance: fc.constantFrom(0, 0.5, 1),
    age: fc.constantFrom(0, 0, 0, 1, 30, 400),
  });
  const asked = fc.record({
    q: fc
      .tuple(
        fc.subarray([...TOPICS, 'Mira', 'Tom'], { minLength: 1 }),
        fc.constantFrom('', 'where', 'in 2025'),
      )
      .map(([topics, more]) => `${topics.join(' ')} ${more}`),
    types: fc.option(fc.subarray([...MEMORY_TYPES], { minLength: 1 }), { nil: undefined }),
    sessionId: fc.constantFrom(undefined, undefined, 'session-1'),
    minConfidence: fc.constantFrom(0, 0.1, 0.3, 0.5),
    limit: fc.integer({ min: 1, max: 8 }),
  });

  const stored = (memories: readonly (typeof memory extends fc.Arbitrary<infer M> ? M : never)[]) =>
    folded(
      memoryIndex,
      memories.map(({ words, label, age, sessionId, ...rest }, i) =>
        remembered(`m${i}`, label + words.join(' '), { ...rest, ...(sessionId && { sessionId }) }, age),
      ),
    );

  it('is that of comparing all memories, with any filter', () => {
    fc.assert(
      fc.property(fc.array(memory, { maxLength: 40 }), asked, (memories, rest) => {
        const question = { userId: USER, ...rest };
        const store = stored(memories);
        const { hits, complete } = searchMemories(memoryIndexOf(store), question);
        expect(complete).toBe(true);
        expect(hits).toEqual(searchEveryMemory(store, question));
        const summary = store.load(memorySummariesTable, [USER]) as MemorySummaryRow | undefined;
        const few = fewMemoriesIndex(summary, store.all(memoriesTable).toReversed());
        expect(searchMemories(few, question)).toEqual({ hits, complete: true });
      }),
    );
  });

  it('is the same when only some memories are compared or looked up, or says that it may not be', () => {
    const bounds = fc.record({
      compared: fc.integer({ min: 20, max: 40 }),
      lookedUp: fc.integer({ min: 10, max: 400 }),
    });
    fc.assert(
      fc.property(
        fc.array(memory, { minLength: 20, maxLength: 60 }),
        asked,
        bounds,
        (memories, rest, bound) => {
          const question = { userId: USER, ...rest };
          const store = stored(memories);
          const { hits, complete } = searchMemories(memoryIndexOf(store), question, bound);
          const isBest = isDeepStrictEqual(hits, searchEveryMemory(store, question));
          expect(isBest || !complete).toBe(true);
          const all = new Map(scoredMemories(store, question).map((hit) => [hit.memory.memoryId, hit]));
          // What is returned passes the filter, and its score is exact.
          for (const hit of hits) expect(hit).toEqual(all.get(hit.memory.memoryId));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is the same when the reads come later', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(memory, { maxLength: 40 }), asked, async (memories, rest) => {
        const index = memoryIndexOf(stored(memories));
        const remote: RemoteMemoryIndex = {
          lookUp: async (...of) => index.lookUp(...of),
          contained: async (...of) => index.contained(...of),
          near: async (...of) => index.near(...of),
          scored: async (...of) => index.scored(...of),
          memories: async (...of) => index.memories(...of),
        };
        const question = { userId: USER, ...rest };
        expect(await searchRemote(remote, question)).toEqual(searchMemories(index, question));
      }),
      { numRuns: 30 },
    );
  });
});

const partsById = (happened: Happened[]) =>
  new Map(search(happened, 'boat', { limit: 50 }).map(({ memory, parts }) => [memory.memoryId, parts]));

const recalledTimes = (count: number) => Array.from({ length: count }, () => recalled([`r${count}`]));

describe('the factors of a score', () => {
  it('include importance, from 0.9 to 1.1', () => {
    const importance = [0, 0.5, 1].map((value) => remembered(`i${value}`, 'boat', { importance: value }));
    expect([...partsById(importance).values()].map((part) => part.importance)).toEqual([1.1, 1, 0.9]);
  });

  it('include recency, from 1.05 for the newest memory towards 0.95, with a half-life of 90 days', () => {
    const ages = partsById([0, 90, 180, 10_000].map((age) => remembered(`a${age}`, 'boat', {}, age)));
    expect(ages.get('a0')?.recency).toBeCloseTo(1.05, 12);
    expect(ages.get('a90')?.recency).toBeCloseTo(1, 12);
    expect(ages.get('a180')?.recency).toBeCloseTo(0.975, 12);
    expect(ages.get('a10000')?.recency).toBeCloseTo(0.95, 12);
  });

  it('include recalls, from 1 to less than 1.1, growing ever more slowly', () => {
    const counts = [0, 1, 3, 100];
    const all = partsById(
      counts.flatMap((count) => [remembered(`r${count}`, 'boat'), ...recalledTimes(count)]),
    );
    expect(all.get('r0')?.recall).toBe(1);
    expect(all.get('r1')?.recall).toBeCloseTo(1.05, 12);
    expect(all.get('r3')?.recall).toBeCloseTo(1 + 0.1 * (2 / 3), 12);
    expect(all.get('r100')?.recall).toBeLessThan(1.1);
  });

  it('multiply what is left of the parts, for any memory', () => {
    const memory = fc.record({
      content: fc.constantFrom('boat', 'boat?', 'Tom: the boat in the harbour', 'harbour'),
      importance: fc.double({ min: 0, max: 1, noNaN: true }),
      age: fc.integer({ min: -10_000, max: 10_000 }),
      recalls: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(memory, { minLength: 1, maxLength: 12 }), (memories) => {
        const happened = memories.flatMap(({ content, importance, age, recalls }, i) => [
          remembered(`m${i}`, content, { importance }, age),
          ...Array.from({ length: recalls }, () => recalled([`m${i}`])),
        ]);
        const hits = search(happened, 'boat harbour Tom', { limit: 50 });
        expect(hits).toHaveLength(memories.length);
        for (const { score, parts } of hits) {
          const { text, speaker, date, place, questions, length, importance, recency, recall } = parts;
          const said = Math.max(0, text * speaker + date + place - questions);
          expect(score).toBe((said / length) * importance * recency * recall);
          expect(text).toBeGreaterThan(0);
          expect(text).toBeLessThan(0.69);
          expect(importance).toBeGreaterThanOrEqual(0.9);
          expect(importance).toBeLessThanOrEqual(1.1 + 1e-12);
          expect(recency).toBeGreaterThanOrEqual(0.95);
          expect(recency).toBeLessThanOrEqual(1.05 + 1e-12);
          expect(recall).toBeGreaterThanOrEqual(1);
          expect(recall).toBeLessThan(1.1);
        }
      }),
    );
  });
});
