import * as fc from 'fast-check';
import { folded } from '../../../test/support/folded.js';
import { formed, recalled } from '../../../test/support/happened.js';
import { memoryIndexOf } from '../../../test/support/memory-index-in-memory.js';
import { NOW, USER, type Happened } from '../../../test/support/recorder.js';
import type { MemoryFormed } from '../../events/memory/memory-formed.event.js';
import { memoryIndex } from '../memory-index.projection.js';
import { questionTerms, searchMemories, type MemoryHit, type MemoryQuestion } from './memory-search.js';

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

function search(happened: Happened[], q: string, overrides: Partial<MemoryQuestion> = {}): MemoryHit[] {
  const index = memoryIndexOf(folded(memoryIndex, happened));
  return searchMemories(index, { userId: USER, q, minConfidence: 0.3, limit: 5, ...overrides });
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
    expect(questionTerms('?! … 🙂')).toEqual([]);
  });

  it('are at most 32', () => {
    const q = Array.from({ length: 50 }, (_, i) => `word${i}`).join(' ');
    expect(questionTerms(q)).toEqual(Array.from({ length: 32 }, (_, i) => `word${i}`));
  });
});

/** Returns the candidate lookups of a search, for a user with these term frequencies. */
function lookUps(frequencies: Record<string, number>, q: string, limit = 5) {
  const calls: { terms: readonly string[]; among: number }[] = [];
  const ids = new Map(Object.entries(frequencies).map(([term, n], i) => [term, { from: i * 100_000, n }]));
  const index = {
    ...memoryIndexOf(folded(memoryIndex, [remembered('a', 'boat')])),
    frequency: (_userId: string, term: string) => frequencies[term] ?? 0,
    candidates: (_userId: string, anyOf: readonly string[], max: number, among: number) => {
      calls.push({ terms: anyOf, among });
      return anyOf.flatMap((term) => {
        const { from, n } = ids.get(term) ?? { from: 0, n: 0 };
        return Array.from({ length: Math.min(n, max) }, (_, i) => from + i);
      });
    },
  };
  searchMemories(index, { userId: USER, q, minConfidence: 0.3, limit });
  return calls;
}

describe('the candidates of a search', () => {
  it('contain any of the words while the words are in few memories', () => {
    expect(lookUps({ marlin: 3, tea: 90 }, 'tea marlin')).toEqual([
      { terms: ['marlin', 'tea'], among: 1_000 },
    ]);
  });

  it('do not come from common words when rare words find enough', () => {
    expect(lookUps({ marlin: 7, tea: 5_000 }, 'tea marlin').map(({ terms }) => terms)).toEqual([['marlin']]);
  });

  it('come from common words too when rare words find too few', () => {
    const calls = lookUps({ marlin: 3, tea: 5_000, rain: 900 }, 'tea marlin rain', 2_000);
    expect(calls.map(({ terms }) => terms)).toEqual([['marlin', 'rain'], ['tea']]);
  });

  it('come from a common word if it is the only one, and never from words in no memory', () => {
    expect(lookUps({ tea: 5_000 }, 'tea plane').map(({ terms }) => terms)).toEqual([['tea']]);
    expect(lookUps({}, 'tea plane')).toEqual([]);
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

  it('finds the one memory that passes a filter among many that do not', () => {
    const many = Array.from({ length: 400 }, (_, i) => remembered(`m${i}`, 'boat', { type: 'fact' }));
    const happened = [...many, remembered('wanted', 'boat', { type: 'pattern' })];
    expect(idsOf(search(happened, 'boat', { types: ['pattern'] }))).toEqual(['wanted']);
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
