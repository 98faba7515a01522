import { isDeepStrictEqual } from 'node:util';
import { jest } from '@jest/globals';
import * as fc from 'fast-check';
import { folded } from '../../../test/support/folded.js';
import { formed, recalled } from '../../../test/support/happened.js';
import { memoryIndexOf, searchEveryMemory } from '../../../test/support/memory-index-in-memory.js';
import { NOW, USER, type Happened } from '../../../test/support/recorder.js';
import { DAY_MS } from '../../durations.js';
import { MEMORY_TYPES, type MemoryFormed } from '../../events/memory/memory-formed.event.js';
import { memoryIndex } from '../memory-index.projection.js';
import { type MemoryIndex } from './memory-lookups.js';
import { Scoring } from './memory-score.js';
import {
  MAX_COMPARED,
  questionTerms,
  searchMemories,
  type MemoryHit,
  type MemoryQuestion,
} from './memory-search.js';

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

function search(happened: Happened[], q: string, overrides: Partial<MemoryQuestion> = {}): MemoryHit[] {
  const index = memoryIndexOf(folded(memoryIndex, happened), { filters: false });
  return searchMemories(index, { userId: USER, q, minConfidence: 0.3, limit: 5, ...overrides }).hits;
}

const idsOf = (hits: MemoryHit[]) => hits.map(({ memory }) => memory.memoryId);

describe('the terms of a question', () => {
  it('are its stems without stopwords, each once', () => {
    expect(questionTerms('What is the name of her Boat, and where are the boats?')).toEqual(['name', 'boat']);
  });

  it('are all of its stems when it contains only stopwords', () => {
    expect(questionTerms('Who are you? Who?')).toEqual(['who', 'ar', 'you']);
  });

  it('are empty when it contains no words', () => {
    expect(questionTerms('')).toEqual([]);
    expect(questionTerms('?! …')).toEqual([]);
  });

  it('are all used, however many there are', () => {
    const q = Array.from({ length: 500 }, (_, i) => `word${i}`);
    expect(questionTerms(q.join(' '))).toEqual(q);
  });
});

/** The lookups of a search over memories that contain these words, in the order of forming. */
function lookUps(contents: readonly string[], q: string, limit = 5) {
  const index = memoryIndexOf(
    folded(
      memoryIndex,
      contents.map((text, i) => remembered(`m${i}`, text)),
    ),
    { filters: false },
  );
  const terms: (readonly string[])[] = [];
  let compared = 0;
  const recording: MemoryIndex = {
    ...index,
    lookUp: (lookup) => {
      terms.push(lookup.terms);
      return index.lookUp(lookup);
    },
    scored: (userId, formedPositions, filter) => {
      compared += formedPositions.length;
      return index.scored(userId, formedPositions, filter);
    },
  };
  const { hits, complete } = searchMemories(recording, { userId: USER, q, minConfidence: 0.3, limit });
  return { terms, ids: idsOf(hits), complete, compared };
}

const times = (count: number, text: string) => Array.from({ length: count }, () => text);

describe('the words that a search looks up', () => {
  it('are all of them, together, while they are in few memories', () => {
    const { terms } = lookUps(['marlin', ...times(90, 'tea'), ...times(20, 'rain')], 'tea marlin');
    expect(terms).toEqual([['marlin', 'tea']]);
  });

  it('are not the common ones when these cannot lift a memory among the best', () => {
    const { terms, complete } = lookUps(
      [...times(7, 'marlin'), ...times(MAX_COMPARED + 1, 'tea')],
      'tea marlin',
    );
    expect({ terms, complete }).toEqual({ terms: [['marlin']], complete: true });
  });

  it('are the common ones too when the rare ones find too few', () => {
    const contents = [...times(3, 'marlin'), ...times(150, 'rain'), ...times(MAX_COMPARED - 50, 'tea')];
    const { terms, ids } = lookUps(contents, 'tea marlin rain', 250);
    expect(terms).toEqual([['marlin', 'rain'], ['tea']]);
    expect(ids).toHaveLength(250);
  });

  it('are the common ones too when these can lift a memory among the best', () => {
    const contents = [...times(20, 'rain'), ...times(MAX_COMPARED / 2, 'tea rain'), ...times(30, 'tea')];
    const { terms, complete } = lookUps(contents, 'tea rain');
    expect({ terms, complete }).toEqual({ terms: [['rain'], ['tea']], complete: true });
  });

  it('are never words of no memory', () => {
    expect(lookUps(['tea'], 'plane').terms).toEqual([]);
    expect(lookUps(['tea'], 'tea plane').terms).toEqual([['tea']]);
  });

  it('count in the score also when they are not looked up', () => {
    const contents = ['marlin tea', ...times(6, 'marlin rain'), ...times(MAX_COMPARED + 1, 'tea')];
    const { terms, ids } = lookUps(contents, 'tea marlin', 1);
    expect({ terms, ids }).toEqual({ terms: [['marlin']], ids: ['m0'] });
  });
});

describe('a search among more memories than it compares', () => {
  it('says that a better one may be missing', () => {
    const contents = ['tea', ...times(2 * MAX_COMPARED, 'tea and biscuits with jam')];
    expect(lookUps(contents, 'tea')).toMatchObject({ complete: false });
    expect(lookUps(contents.slice(-MAX_COMPARED), 'tea')).toMatchObject({ complete: true });
  });

  it('reads few rows when only few memories contain several of the words', () => {
    const several = times(40, 'tea rain jam');
    const single = ['tea', 'rain', 'jam'].flatMap((word) => times(300, `${word} and biscuits`));
    const { compared, complete } = lookUps([...single, ...several], 'tea rain jam');
    expect({ compared, complete }).toEqual({ compared: several.length, complete: true });
  });

  it('does not count the words of a long message to the end, and says so', () => {
    const story = Array.from({ length: 40 }, (_, i) => `story${i}`);
    const contents = Array.from({ length: 40 * 100 }, (_, i) => `story${i % 40} and tea`);
    const { terms, complete } = lookUps(contents, story.join(' '));
    expect({ words: terms.flat().length < story.length, complete }).toEqual({ words: true, complete: false });
  });

  it('is complete for a long message when it finds no more memories than it compares', () => {
    const story = Array.from({ length: 40 }, (_, i) => `story${i}`);
    const contents = times(MAX_COMPARED / 2, story.join(' '));
    expect(lookUps(contents, story.join(' '))).toMatchObject({ complete: true });
  });

  it('does no more for a word of a long message than for one of a short one', () => {
    const computed = jest.spyOn(Scoring.prototype, 'textScore');
    const story = Array.from({ length: 200 }, (_, i) => `story${i}`);
    lookUps(times(20, story.join(' ')), story.join(' '));
    // For its upper bound, for its score, and a few times for an answer.
    expect(computed.mock.calls.length).toBeLessThan(3 * 20 * story.length);
    computed.mockRestore();
  });

  it('compares the newest that pass the filter', () => {
    const happened = [
      ...Array.from({ length: 6 }, (_, i) => remembered(`old${i}`, 'tea', { type: 'emotional' })),
      ...Array.from({ length: MAX_COMPARED + 100 }, (_, i) => remembered(`new${i}`, 'tea', { type: 'fact' })),
    ];
    const index = memoryIndexOf(folded(memoryIndex, happened), { filters: false });
    const question = { userId: USER, q: 'tea', minConfidence: 0.3, limit: 5 };
    const emotional = searchMemories(index, { ...question, types: ['emotional'] });
    expect({ ids: idsOf(emotional.hits), complete: emotional.complete }).toEqual({
      ids: ['old5', 'old4', 'old3', 'old2', 'old1'],
      complete: true,
    });
    expect(searchMemories(index, question).complete).toBe(false);
  });
});

describe('searching memories', () => {
  it('finds a memory by any word of the question, in its content or its context', () => {
    const happened = [
      remembered('a', 'Her boat is called Marlin.'),
      remembered('b', 'She drinks tea.', { context: 'Said on the boats.' }),
      remembered('c', 'She plays chess.'),
    ];
    expect(idsOf(search(happened, 'Which boat, or rather sailing?')).toSorted()).toEqual(['a', 'b']);
  });

  it('finds nothing without memories, matches or words', () => {
    expect(search([], 'boat')).toEqual([]);
    expect(search([remembered('a', 'boat')], 'plane')).toEqual([]);
    expect(search([remembered('a', 'boat')], '…')).toEqual([]);
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
    const common = Array.from({ length: 8 }, (_, i) => remembered(`tea-${i}`, 'tea today'));
    const happened = [remembered('rare', 'marlin today'), ...common];
    expect(idsOf(search(happened, 'tea marlin'))[0]).toBe('rare');
  });

  it("weighs words by the user's own memories only", () => {
    const others = Array.from({ length: 20 }, (_, i) =>
      formed({ memoryId: `other-${i}`, content: 'boat' }, { userId: 'user-2' }),
    );
    const mine = [remembered('a', 'boat'), remembered('b', 'tea')];
    expect(search([...mine, ...others], 'boat')[0]?.score).toBe(search(mine, 'boat')[0]?.score);
  });

  it('ranks by BM25 with k1 = 1.2 and b = 0.75 over content and context', () => {
    const happened = [
      remembered('a', 'boat boat harbour', { context: 'boat' }),
      remembered('b', 'tea and biscuits'),
    ];
    // Two memories; one contains the word three times among its four terms. The mean length is 3.5.
    const idf = Math.log(1 + (2 - 1 + 0.5) / (1 + 0.5));
    const expected = (idf * 3 * 2.2) / (3 + 1.2 * (0.25 + (0.75 * 4) / 3.5));
    const [hit] = search(happened, 'boats');
    expect(hit?.parts.text).toBeCloseTo(expected, 12);
    expect(hit?.parts.terms).toEqual({ boat: hit?.parts.text });
  });

  it('adds up the contributions of the words that match', () => {
    const happened = [
      remembered('a', 'boat in the harbour'),
      remembered('b', 'a harbour'),
      remembered('c', 'tea'),
    ];
    const [hit] = search(happened, 'boat harbour plane');
    expect(Object.keys(hit?.parts.terms ?? {})).toEqual(['boat', 'harbour']);
    expect(Object.values(hit?.parts.terms ?? {}).reduce((a, b) => a + b, 0)).toBe(hit?.parts.text);
  });

  it('returns the best first, and among equals the last formed', () => {
    const happened = [
      remembered('a', 'boat'),
      remembered('b', 'boat boat'),
      remembered('c', 'boat'),
      remembered('d', 'boat'),
    ];
    expect(idsOf(search(happened, 'boat'))).toEqual(['b', 'd', 'c', 'a']);
  });

  it('returns no more than the limit', () => {
    const happened = Array.from({ length: 9 }, (_, i) => remembered(`m${i}`, 'boat'));
    expect(search(happened, 'boat', { limit: 3 })).toHaveLength(3);
    expect(search(happened, 'boat', { limit: 100 })).toHaveLength(9);
  });

  it('leaves out other types and memories with less confidence than asked for', () => {
    const happened = [
      remembered('a', 'boat', { type: 'fact', confidence: 0.3 }),
      remembered('b', 'boat', { type: 'pattern', confidence: 0.29 }),
      remembered('c', 'boat', { type: 'pattern', confidence: 1 }),
      remembered('d', 'boat', { type: 'emotional', confidence: 0.5 }),
    ];
    expect(idsOf(search(happened, 'boat'))).toEqual(['d', 'c', 'a']);
    expect(idsOf(search(happened, 'boat', { types: ['pattern', 'emotional'] }))).toEqual(['d', 'c']);
    expect(idsOf(search(happened, 'boat', { types: ['pattern'], minConfidence: 0 }))).toEqual(['c', 'b']);
    expect(idsOf(search(happened, 'boat', { minConfidence: 0.9 }))).toEqual(['c']);
  });

  it('finds a sure memory among many unsure ones, also without a filter of its own', () => {
    const unsure = Array.from({ length: 120 }, (_, i) =>
      remembered(`unsure${i}`, 'boat boat', { confidence: 0.2 }),
    );
    const sure = remembered('sure', 'Since spring she may not go on a boat for longer than an hour a day');
    expect(idsOf(search([...unsure, sure], 'boat'))).toEqual(['sure']);
  });

  it('finds the telling word at the end of a long message', () => {
    const story = Array.from({ length: 200 }, (_, i) => `story${i}`).join(' ');
    const told = Array.from({ length: 200 }, (_, i) => remembered(`m${i}`, `story${i} and boat`));
    const happened = [remembered('wanted', 'Her therapist is called Ingrid'), ...told];
    const hits = search(happened, `${story} ${story} therapist Ingrid?`);
    expect(idsOf(hits)[0]).toBe('wanted');
  });

  it('finds the one memory that passes a filter among many that do not', () => {
    const many = Array.from({ length: 400 }, (_, i) => remembered(`m${i}`, 'boat', { type: 'fact' }));
    const happened = [...many, remembered('wanted', 'boat', { type: 'pattern' })];
    expect(idsOf(search(happened, 'boat', { types: ['pattern'] }))).toEqual(['wanted']);
  });
});

const TOPICS = ['boat', 'tea', 'rain', 'marlin', 'harbour'];

describe.each([{ filters: false }, { filters: true }])('the answer of a search, $filters', ({ filters }) => {
  const memory = fc.record({
    words: fc.array(fc.constantFrom(...TOPICS), { minLength: 1, maxLength: 6 }),
    type: fc.constantFrom(...MEMORY_TYPES),
    confidence: fc.constantFrom(0, 0.1, 0.29, 0.3, 0.5, 1),
    importance: fc.constantFrom(0, 0.5, 1),
    age: fc.integer({ min: 0, max: 400 }),
  });
  const asked = fc.record({
    q: fc.subarray(TOPICS, { minLength: 1 }).map((topics) => topics.join(' ')),
    types: fc.option(fc.subarray([...MEMORY_TYPES], { minLength: 1 }), { nil: undefined }),
    minConfidence: fc.constantFrom(0, 0.1, 0.3, 0.5),
    limit: fc.integer({ min: 1, max: 8 }),
  });

  const answered = (memories: readonly (typeof memory extends fc.Arbitrary<infer M> ? M : never)[]) =>
    folded(
      memoryIndex,
      memories.map(({ words, age, ...rest }, i) => remembered(`m${i}`, words.join(' '), rest, age)),
    );

  it('is that of comparing all memories, with any filter', () => {
    fc.assert(
      fc.property(fc.array(memory, { maxLength: 40 }), asked, (memories, rest) => {
        const question = { userId: USER, ...rest };
        const store = answered(memories);
        const { hits, complete } = searchMemories(memoryIndexOf(store, { filters }), question);
        expect(complete).toBe(true);
        expect(idsOf(hits)).toEqual(idsOf(searchEveryMemory(store, question)));
      }),
    );
  });

  it('is the same when only some memories are compared, or says that it may not be', () => {
    const maxCompared = fc.integer({ min: 8, max: 30 });
    fc.assert(
      fc.property(
        fc.array(memory, { minLength: 20, maxLength: 60 }),
        asked,
        maxCompared,
        (memories, rest, max) => {
          const question = { userId: USER, ...rest };
          const store = answered(memories);
          const { hits, complete } = searchMemories(memoryIndexOf(store, { filters }), question, max);
          const best = searchEveryMemory(store, question);
          const isBest = isDeepStrictEqual(idsOf(hits), idsOf(best));
          expect({ isBest: isBest || !complete, hits: hits.length }).toEqual({
            isBest: true,
            hits: best.length,
          });
          const all = searchEveryMemory(store, { ...question, limit: 1_000 });
          for (const {
            memory: { memoryId },
            score,
          } of hits)
            expect(score).toBe(all.find((each) => each.memory.memoryId === memoryId)?.score);
        },
      ),
      { numRuns: 300 },
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

  it('multiply with the text score to the score and stay within their bounds, for any memory', () => {
    const memory = fc.record({
      content: fc.constantFrom('boat', 'boat boat', 'the boat in the harbour', 'harbour'),
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
        const hits = search(happened, 'boat harbour', { limit: 50 });
        expect(hits).toHaveLength(memories.length);
        for (const { score, parts } of hits) {
          expect(score).toBe(parts.text * parts.importance * parts.recency * parts.recall);
          expect(parts.text).toBeGreaterThan(0);
          expect(parts.importance).toBeGreaterThanOrEqual(0.9);
          expect(parts.importance).toBeLessThanOrEqual(1.1 + 1e-12);
          expect(parts.recency).toBeGreaterThanOrEqual(0.95);
          expect(parts.recency).toBeLessThanOrEqual(1.05 + 1e-12);
          expect(parts.recall).toBeGreaterThanOrEqual(1);
          expect(parts.recall).toBeLessThan(1.1);
        }
        const scores = hits.map(({ score }) => score);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      }),
    );
  });
});
