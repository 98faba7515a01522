import { eventColor } from '../../chart/colors.js';
import { svg } from '../../dom/h.js';
import { EVENT_TYPES } from '../../parts/event-types.js';

const COLUMNS = 160;
const HEIGHT = 24;

/**
 * What kinds of events lie along the slider: a column for some steps each.
 * @param {import('./timeline.js').Mark[]} marks
 */
export function strip(marks) {
  const columns = Math.min(COLUMNS, marks.length);
  const cells = Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * marks.length) / columns);
    const to = Math.floor(((column + 1) * marks.length) / columns);
    return stackOf(marks.slice(from, to), column, 100 / columns);
  });
  return svg('svg', { class: 'strip', width: '100%', height: HEIGHT, 'aria-hidden': 'true' }, cells);
}

/**
 * @param {import('./timeline.js').Mark[]} marks
 * @param {number} column
 * @param {number} width in percent
 */
function stackOf(marks, column, width) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  for (const type of marks.flatMap(({ types }) => types)) seen.set(type, (seen.get(type) ?? 0) + 1);
  const all = [...seen.values()].reduce((a, b) => a + b, 0);
  let y = HEIGHT;
  const ordered = [...seen].toSorted(([a], [b]) => EVENT_TYPES.indexOf(a) - EVENT_TYPES.indexOf(b));
  return ordered.map(([type, n]) => {
    const height = (n / all) * HEIGHT;
    y -= height;
    return svg('rect', {
      x: `${column * width}%`,
      y: y.toFixed(2),
      width: `${width * 0.8}%`,
      height: height.toFixed(2),
      style: { fill: `var(${eventColor(type)})` },
    });
  });
}
