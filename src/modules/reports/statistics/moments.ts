import { ExactSum } from './exact-sum.js';

/**
 * Mean, sample standard deviation and extremes of values that are integers in units of 1 / `scale`, each of a
 * size of at most 2^32. Exact until the one division at the end, so that order and parts change nothing.
 */
export class Moments {
  n = 0;
  positive = 0;
  private readonly sum = new ExactSum();
  private readonly squares = new ExactSum();
  private low = Infinity;
  private high = -Infinity;

  constructor(private readonly scale: number) {}

  add(value: number): void {
    this.n += 1;
    if (value > 0) this.positive += 1;
    this.sum.add(value);
    this.squares.addProduct(value, value);
    if (value < this.low) this.low = value;
    if (value > this.high) this.high = value;
  }

  /** The mean; null without values. */
  mean(): number | null {
    return this.n === 0 ? null : Number(this.sum.total()) / (this.n * this.scale);
  }

  /** The mean of all values of several, which have one scale; null without values. */
  static meanOf(all: readonly Moments[]): number | null {
    const pooled = new Moments(all[0]?.scale ?? 1);
    for (const { n, sum } of all) {
      pooled.n += n;
      pooled.sum.addSum(sum);
    }
    return pooled.mean();
  }

  /** The sample standard deviation (divided by n - 1); null for fewer than 2 values. */
  sd(): number | null {
    if (this.n < 2) return null;
    const n = BigInt(this.n);
    const spread = n * this.squares.total() - this.sum.total() ** 2n;
    return Math.sqrt(Number(spread) / (this.n * (this.n - 1))) / this.scale;
  }

  min(): number | null {
    return this.n === 0 ? null : this.low / this.scale;
  }

  max(): number | null {
    return this.n === 0 ? null : this.high / this.scale;
  }

  /** The share of values above 0, in 0..1; null without values. */
  positiveShare(): number | null {
    return this.n === 0 ? null : this.positive / this.n;
  }
}
