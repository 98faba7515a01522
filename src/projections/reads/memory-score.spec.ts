import * as fc from 'fast-check';
import { scoreOf, Scoring, type Frequency } from './memory-score.js';

const MEMORIES = 600;

/** A memory whose only words are so many of each of the terms. */
const memory = fc
  .record({
    counts: fc.array(fc.integer({ min: 1, max: 8_000 }), { minLength: 1, maxLength: 5 }),
    frequencies: fc.array(fc.integer({ min: 1, max: MEMORIES }), { minLength: 5, maxLength: 5 }),
    importance: fc.constantFrom(0, 0.5, 1),
    recallCount: fc.constantFrom(0, 1, 1_000, 1_000_000_000),
    age: fc.constantFrom(-1, 0, 1_000_000),
    averageLength: fc.constantFrom(1, 8, 8_000, 1_000_000),
  })
  .map(({ counts, frequencies, importance, recallCount, age, averageLength }) => {
    const summary = { userId: 'ada', total: MEMORIES, terms: averageLength * MEMORIES, newestAt: 0 };
    const terms = counts.map((_, i): Frequency => [`term${i}`, frequencies[i] as number]);
    const termCount = counts.reduce((a, b) => a + b, 0);
    return {
      scoring: new Scoring(terms, summary as ConstructorParameters<typeof Scoring>[1]),
      counted: terms.map(([term], i): [string, number] => [term, counts[i] as number]),
      scored: { termCount, importance, recallCount, occurredAt: -age },
    };
  });

describe('the bounds of a score', () => {
  it('are greater than the score of any memory', () => {
    fc.assert(
      fc.property(memory, ({ scoring, counted, scored }) => {
        const score = scoreOf(scoring.parts(scored, new Map(counted)));
        const ofCounts = counted.map(([term, count]) =>
          scoring.mostOfCount(scoring.weights.get(term) as number, count),
        );
        expect(ofCounts.reduce((a, b) => a + b, 0)).toBeGreaterThan(score);
        expect(scoring.mostOf(scoring.weights.keys())).toBeGreaterThan(score);
      }),
    );
  });
});
