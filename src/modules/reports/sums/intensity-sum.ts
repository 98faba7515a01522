/** Millionths in an intensity of 1. */
const MICROS = 1_000_000;
/** From here on the sum of squares goes on in a BigInt: another square would not be exact. */
const EXACT = 2 ** 52;

/** Count and sums of intensities in whole millionths: equal in every order, and divided only once. */
export class IntensitySum {
  count = 0;
  private sum = 0;
  private squares = 0;
  private carried = 0n;

  /** `micros` is 0..1000000. */
  add(micros: number): void {
    this.count += 1;
    this.sum += micros;
    this.squares += micros * micros;
    if (this.squares >= EXACT) {
      this.carried += BigInt(this.squares);
      this.squares = 0;
    }
  }

  /** Adds what another one summed up. */
  addAll(other: IntensitySum): void {
    this.count += other.count;
    this.sum += other.sum;
    this.carried += other.carried + BigInt(other.squares);
  }

  /** Mean intensity, 0..1; null without observations. */
  get mean(): number | null {
    return this.count === 0 ? null : this.sum / (this.count * MICROS);
  }

  /** Population variance; null without observations. */
  get variance(): number | null {
    if (this.count === 0) return null;
    const n = BigInt(this.count);
    const total = BigInt(this.sum);
    const distances = n * (this.carried + BigInt(this.squares)) - total * total;
    return Number(distances) / (this.count * this.count * MICROS * MICROS);
  }
}
