import { count } from '../dom/format.js';
import { h } from '../dom/h.js';

/** How many shades a cell may have. */
const SHADES = 8;

/**
 * @typedef {object} HeatRow
 * @property {string} label
 * @property {string} [color] a custom property; without one, values have the colours of their sign
 * @property {(number | null)[]} values
 * @property {(string | undefined)[]} [titles] what a cell says when pointed at
 * @property {boolean} [partial] drawn dashed
 */

/**
 * A heat map that is a table: rows of values, shaded by their share of the row's largest, or of a given one.
 * @param {{ caption: string, corner: string, columns: string[], rows: HeatRow[],
 *   format?: (value: number | null) => string, largest?: number, wide?: boolean }} parts
 */
export function heatMap({ caption, corner, columns, rows, format = count, largest, wide = false }) {
  return h(
    'div.scroll',
    { tabindex: '0', role: 'group', 'aria-label': caption },
    h(
      wide ? 'table.heat.wide' : 'table.heat',
      {},
      h('caption.hidden', {}, caption),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, corner),
          columns.map((name) => h('th', { scope: 'col' }, name)),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((row) => heatRow(row, format, largest)),
      ),
    ),
  );
}

/**
 * @param {HeatRow} row
 * @param {(value: number | null) => string} format
 * @param {number | undefined} shared
 */
function heatRow({ label, color, values, titles, partial }, format, shared) {
  const largest = shared ?? Math.max(1, ...values.map((value) => Math.abs(value ?? 0)));
  return h(
    'tr',
    { ...(color ? { style: { '--c': `var(${color})` } } : {}), ...(partial ? { class: 'partial' } : {}) },
    h(
      'th',
      { scope: 'row' },
      color && h('i.swatch', {}),
      label,
      partial && h('span.hidden', {}, ', not complete'),
    ),
    values.map((value, i) =>
      h(
        'td',
        { class: shadeOf(value ?? 0, largest), title: titles?.[i] ?? `${label}: ${format(value)}` },
        h('span', isEmpty(value, color) ? { class: 'hidden' } : {}, format(value)),
      ),
    ),
  );
}

/**
 * A count of nothing is not worth a number; a mean of 0 is.
 * @param {number | null} value
 * @param {string | undefined} color
 */
const isEmpty = (value, color) => value === null || (value === 0 && color !== undefined);

/**
 * @param {number} value
 * @param {number} largest
 */
function shadeOf(value, largest) {
  const shade = value === 0 ? 0 : Math.max(1, Math.round((Math.abs(value) / largest) * SHADES));
  return `shade-${Math.min(SHADES, shade)}${value < 0 ? ' negative' : ''}`;
}
