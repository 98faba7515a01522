import { ExactSum } from './exact-sum.js';

/** Fewer pairs give no inertia. */
export const MIN_INERTIA_PAIRS = 10;
/** Contributions of users are added in units of 1e-6 squared value units: their order changes nothing. */
const FIXED_POINT = 1_000_000n;

/**
 * How values follow each other within series: the root of the mean squared successive difference, and the
 * lag-1 autocorrelation around each user's own mean. Values are integers in units of 1 / `scale`.
 */
export class Instability {
  private pairs = 0;
  private readonly squaredChanges = new ExactSum();
  private lagged = 0n;
  private spread = 0n;
  private freedom = 0;

  constructor(private readonly scale: number) {}

  /** Adds all series of one user: those of a session or a day, each in time order. */
  addUser(series: readonly (readonly number[])[]): void {
    const user = new UserSums();
    for (const values of series) {
      values.forEach((value, i) => {
        user.add(value);
        const before = values[i - 1];
        if (before === undefined) return;
        user.addPair(before, value);
        this.squaredChanges.addProduct(value - before, value - before);
      });
    }
    if (user.n === 0) return;
    this.pairs += user.pairs;
    this.freedom += user.n - 1;
    this.spread += user.spread();
    this.lagged += user.lagged();
  }

  /** The number of successive values. */
  get n(): number {
    return this.pairs;
  }

  /** RMSSD: sqrt(sum (x[i+1] - x[i])^2 / pairs); null without a pair. Jahng, Wood, Trull (2008). */
  rmssd(): number | null {
    if (this.pairs === 0) return null;
    return Math.sqrt(Number(this.squaredChanges.total()) / this.pairs) / this.scale;
  }

  /**
   * The mean product of successive distances from the user's mean, divided by the sample variance around the
   * users' means: for one unbroken series this is r1 = sum (x[i] - m)(x[i-1] - m) / sum (x[i] - m)^2
   * (Kuppens, Allen, Sheeber 2010), and the gaps between series do not draw it towards 0. Null for fewer than
   * 10 pairs and for values that never differ.
   */
  inertia(): number | null {
    if (this.pairs < MIN_INERTIA_PAIRS || this.spread === 0n) return null;
    return (Number(this.lagged) / this.pairs) * (this.freedom / Number(this.spread));
  }
}

/**
 * The sums of one user, from which both terms of the autocorrelation follow without the mean being rounded.
 */
class UserSums {
  n = 0;
  pairs = 0;
  private readonly sum = new ExactSum();
  private readonly squares = new ExactSum();
  private readonly products = new ExactSum();
  private readonly pairSum = new ExactSum();

  add(value: number): void {
    this.n += 1;
    this.sum.add(value);
    this.squares.addProduct(value, value);
  }

  addPair(before: number, value: number): void {
    this.pairs += 1;
    this.products.addProduct(before, value);
    this.pairSum.add(before + value);
  }

  /** sum (x - m)^2, in fixed point. */
  spread(): bigint {
    const n = BigInt(this.n);
    return ((n * this.squares.total() - this.sum.total() ** 2n) * FIXED_POINT) / n;
  }

  /** sum (x[i] - m)(x[i-1] - m), in fixed point. */
  lagged(): bigint {
    const n = BigInt(this.n);
    const sum = this.sum.total();
    const terms = n * n * this.products.total() - n * sum * this.pairSum.total();
    return ((terms + BigInt(this.pairs) * sum ** 2n) * FIXED_POINT) / (n * n);
  }
}
