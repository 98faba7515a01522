import { svg } from '../dom/h.js';

const WIDTH = 96;
const HEIGHT = 20;

/**
 * A line of a word's size. The numbers are in the row beside it, so it is hidden from screen readers.
 * @param {(number | null)[]} values
 * @param {string} color a custom property
 */
export function spark(values, color) {
  const highest = Math.max(1e-9, ...values.map((value) => value ?? 0));
  const step = WIDTH / Math.max(1, values.length - 1);
  const points = values.map(
    (value, i) =>
      `${(i * step).toFixed(1)},${(HEIGHT - 2 - ((value ?? 0) / highest) * (HEIGHT - 4)).toFixed(1)}`,
  );
  return svg(
    'svg',
    {
      class: 'spark',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      width: WIDTH,
      height: HEIGHT,
      'aria-hidden': 'true',
    },
    svg('polyline', { points: points.join(' '), style: { '--c': `var(${color})` } }),
  );
}
