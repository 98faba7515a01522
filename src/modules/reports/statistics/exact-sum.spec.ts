import * as fc from 'fast-check';
import { ExactSum } from './exact-sum.js';

const factor = fc.integer({ min: -(2 ** 32), max: 2 ** 32 });
const pairs = fc.array(fc.tuple(factor, factor), { maxLength: 200, size: 'max' });

const byBigInt = (drawn: readonly (readonly [number, number])[]) =>
  drawn.reduce((sum, [a, b]) => sum + BigInt(a) * BigInt(b) + BigInt(a), 0n);

function sumOf(drawn: readonly (readonly [number, number])[]): ExactSum {
  const sum = new ExactSum();
  for (const [a, b] of drawn) {
    sum.addProduct(a, b);
    sum.add(a);
  }
  return sum;
}

describe('an exact sum', () => {
  it('is that of unbounded integers', () => {
    fc.assert(fc.property(pairs, (drawn) => expect(sumOf(drawn).total()).toBe(byBigInt(drawn))));
  });

  it('is the same in any order and in any parts', () => {
    fc.assert(
      fc.property(pairs, fc.nat({ max: 200 }), (drawn, cut) => {
        const whole = sumOf(drawn.slice(cut).toReversed());
        whole.addSum(sumOf(drawn.slice(0, cut)));
        expect(whole.total()).toBe(byBigInt(drawn));
      }),
    );
  });

  it('stays exact beyond the integers that a number can hold', () => {
    const sum = new ExactSum();
    for (let i = 0; i < 100_000; i += 1) sum.addProduct(99_999_999, 99_999_999);
    sum.add(1);
    expect(sum.total()).toBe(99_999_999n ** 2n * 100_000n + 1n);
  });
});
