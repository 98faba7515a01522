/**
 * @typedef {object} Bucket
 * @property {string} start UTC
 * @property {string} startLocal
 * @property {boolean} [partial]
 *
 * @typedef {object} Series
 * @property {string} key
 * @property {string} label
 * @property {string} color a custom property
 * @property {(number | null)[]} values one for each bucket
 */

/**
 * Turns the rows of a report into one series for each key, the largest total first.
 * @param {any[]} items
 * @param {{ key: (item: any) => string, value: (item: any) => number | null, color: (key: string) => string }} how
 * @returns {{ buckets: Bucket[], series: Series[] }}
 */
export function seriesOf(items, { key, value, color }) {
  const buckets = bucketsOf(items);
  const at = new Map(buckets.map(({ start }, i) => [start, i]));
  /** @type {Map<string, { values: (number | null)[], total: number }>} */
  const byKey = new Map();
  for (const item of items) {
    const name = key(item);
    const one = byKey.get(name) ?? { values: Array.from({ length: buckets.length }, () => null), total: 0 };
    byKey.set(name, one);
    one.values[at.get(item.start) ?? 0] = value(item);
    one.total += item.count ?? value(item) ?? 0;
  }
  const sorted = [...byKey].toSorted(([a, x], [b, y]) => y.total - x.total || (a < b ? -1 : 1));
  return {
    buckets,
    series: sorted.map(([name, { values }]) => ({ key: name, label: name, color: color(name), values })),
  };
}

/**
 * The buckets of a report's rows, in order.
 * @param {any[]} items
 * @returns {Bucket[]}
 */
export function bucketsOf(items) {
  const byStart = new Map(
    items.map(({ start, startLocal, partial }) => [start, { start, startLocal, partial }]),
  );
  return [...byStart.values()].toSorted((a, b) => (a.start < b.start ? -1 : 1));
}

/**
 * Sums from the bottom of a stack to its top.
 * @param {Series[]} series the bottom one first
 */
export function stacked(series) {
  /** @type {number[]} */
  let below = [];
  return series.map(({ values }) => {
    below = values.map((value, i) => (value ?? 0) + (below[i] ?? 0));
    return below;
  });
}

/**
 * The table view of a chart.
 * @param {string} caption
 * @param {{ buckets: Bucket[], series: Series[] }} data
 * @param {(value: number | null) => string} format
 * @returns {import('../parts/table.js').Table}
 */
export function seriesTable(caption, { buckets, series }, format) {
  return {
    caption,
    columns: [{ name: 'Start' }, ...series.map(({ label }) => ({ name: label, number: true }))],
    rows: buckets.map(({ startLocal, partial }, i) => [
      startLocal.slice(0, 16).replace('T', ' ') + (partial ? ' (not complete)' : ''),
      ...series.map(({ values }) => format(values[i] ?? null)),
    ]),
  };
}
