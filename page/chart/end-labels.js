import { h } from '../dom/h.js';

/** Least distance of two labels, in px. */
const APART = 15;

/**
 * Room for the names beside the lines, in px; longer names are cut off.
 * @param {import('./series.js').Series[]} series
 */
export const labelRoom = (series) =>
  Math.min(176, 36 + 7 * Math.max(7, ...series.map(({ label }) => label.length)));

/**
 * Names each line where it ends, so that nobody has to match colours.
 * @param {any} chart
 * @param {import('./series.js').Series[]} series
 * @param {number} room
 */
export function endLabels(chart, series, room) {
  const ends = series.flatMap(({ label, color, values }) => {
    const value = values.findLast((each) => each !== null);
    return value === undefined || value === null ? [] : [{ label, color, y: chart.valToPos(value, 'y') }];
  });
  ends.sort((a, b) => a.y - b.y);
  const top = chart.over.offsetTop;
  let previous = -APART;
  const height = chart.over.clientHeight;
  for (const [i, end] of ends.entries()) {
    // Those that come after need their room too.
    const lowest = height - (ends.length - 1 - i) * APART;
    end.y = Math.min(Math.max(end.y, previous + APART), Math.max(lowest, previous + APART));
    previous = end.y;
  }
  chart.root.querySelector('.ends')?.remove();
  chart.root.append(
    h(
      'div.ends',
      { 'aria-hidden': 'true', style: { '--room': `${room}px` } },
      ends.map(({ label, color, y }) =>
        h(
          'span',
          { style: { '--c': `var(${color})`, transform: `translateY(${Math.round(top + y - 8)}px)` } },
          label,
        ),
      ),
    ),
  );
}
