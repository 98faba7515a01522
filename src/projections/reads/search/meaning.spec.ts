import { vectorText } from '../../../validation/vector-text.js';
import { MeaningOf, meaningOf } from './meaning.js';

const text = (...numbers: number[]) =>
  vectorText([...numbers, ...Array.from({ length: 8 - numbers.length }, () => 0)]) as string;

function scores(question: string, ...memories: string[]): number[] {
  const meaning = new MeaningOf({ model: 'm', vector: question, weight: 1 });
  for (const memory of memories) meaning.add(memory);
  return meaning.scores();
}

describe('the meaning of memories', () => {
  it('is how much nearer they are than the mean, whatever the lengths of the vectors', () => {
    const mean = (1 + Math.SQRT1_2) / 13;
    const [same, half, other] = scores(text(2), text(1e-20), text(3e30, 3e30), text(0, 5)) as [
      number,
      number,
      number,
    ];
    expect(same).toBeCloseTo(1, 12);
    expect(half).toBeCloseTo((Math.SQRT1_2 - mean) / (1 - mean), 7);
    expect(other).toBe(0);
  });

  it('does not depend on what a model calls far', () => {
    const far = Array.from({ length: 200 }, (_, i) => text(1, 1 + i / 1_000));
    const [near, ...others] = scores(text(1), text(1, 0.1), ...far) as [number, ...number[]];
    expect(near).toBeGreaterThan(0.9);
    expect(Math.max(...others)).toBeLessThan(0.2);
  });

  it('has every number of an odd length', () => {
    const question = vectorText([0, 0, 0, 0, 0, 0, 0, 0, 1]) as string;
    expect(scores(question, question)[0]).toBeCloseTo(1, 12);
  });

  it('leaves out what adds nothing, and what is in no index', () => {
    expect(meaningOf([7, undefined, 9, 11], [0, 0.5, 0.25, 0.1])).toEqual({
      ids: [9, 11],
      scores: [0.25, 0.1],
    });
  });
});
