/** The part of all changes that is not acute. */
const PERCENTILE = 0.9;

/**
 * The probability of acute change: the share of an item's changes that are at least as large as the 90th
 * percentile of the changes of all items (nearest rank), and not 0. Jahng, Wood, Trull (2008). Sizes are
 * kept: 8 bytes for each.
 */
export class AcuteChanges<Item> {
  n = 0;
  private readonly sizes = new Map<Item, number[]>();

  add(item: Item, size: number): void {
    const sizes = this.sizes.get(item);
    if (sizes) sizes.push(size);
    else this.sizes.set(item, [size]);
    this.n += 1;
  }

  /** The share of each item that has a change. */
  shares(): Map<Item, number> {
    const threshold = this.threshold();
    const shareOf = (sizes: readonly number[]) =>
      sizes.filter((size) => size >= threshold && size > 0).length / sizes.length;
    return new Map([...this.sizes].map(([item, sizes]) => [item, shareOf(sizes)]));
  }

  private threshold(): number {
    const all = new Float64Array(this.n);
    let at = 0;
    for (const sizes of this.sizes.values()) {
      all.set(sizes, at);
      at += sizes.length;
    }
    return all.toSorted()[Math.ceil(PERCENTILE * this.n) - 1] ?? 0;
  }
}
