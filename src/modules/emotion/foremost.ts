/**
 * The first `limit` of any number of items in an order, and how many there were; it holds twice as many at
 * most.
 */
export class Foremost<T> {
  /** Number of all items. */
  total = 0;
  private kept: T[] = [];

  constructor(
    private readonly limit: number,
    private readonly compare: (a: T, b: T) => number,
  ) {}

  add(items: readonly T[]): void {
    for (const item of items) {
      this.kept.push(item);
      if (this.kept.length >= 2 * this.limit) this.kept = this.items();
    }
    this.total += items.length;
  }

  items(): T[] {
    return this.kept.toSorted(this.compare).slice(0, this.limit);
  }
}
