/** Sums beyond this are moved to a bigint; below it, one more product of two parts keeps a number exact. */
const SPILL = 2 ** 52;
/** The factors of a product are cut into parts of this size, so that each partial product is exact. */
const PART = 2 ** 14;

/**
 * An exact sum of integers and of products of integers, of any number of summands: the order in which they
 * are added, and how they are spread over several sums, changes nothing.
 */
export class ExactSum {
  private high = 0;
  private low = 0;
  private spilled = 0n;

  /** Adds an integer of a size of at most 2^50. */
  add(value: number): void {
    this.low += value;
    if (Math.abs(this.low) >= SPILL) this.spill();
  }

  /** Adds the product of two integers, each of a size of at most 2^32. */
  addProduct(a: number, b: number): void {
    const high = Math.trunc(a / PART);
    this.high += high * b;
    this.low += (a - high * PART) * b;
    if (Math.abs(this.high) >= SPILL || Math.abs(this.low) >= SPILL) this.spill();
  }

  addSum(other: ExactSum): void {
    this.spilled += other.total();
  }

  total(): bigint {
    return this.spilled + BigInt(this.high) * BigInt(PART) + BigInt(this.low);
  }

  private spill(): void {
    this.spilled = this.total();
    this.high = 0;
    this.low = 0;
  }
}
