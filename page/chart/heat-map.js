import { count } from '../dom/format.js';
import { h } from '../dom/h.js';

/** How many shades a cell may have. */
const SHADES = 8;

/**
 * A heat map that is a table: rows of values, shaded by their share of the row's largest.
 * @param {{ caption: string, corner: string, columns: string[], rows: { label: string, color: string, values: number[] }[] }} parts
 */
export function heatMap({ caption, corner, columns, rows }) {
  return h(
    'div.scroll',
    { tabindex: '0', role: 'group', 'aria-label': caption },
    h(
      'table.heat',
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
      h('tbody', {}, rows.map(heatRow)),
    ),
  );
}

/** @param {{ label: string, color: string, values: number[] }} row */
function heatRow({ label, color, values }) {
  const largest = Math.max(1, ...values);
  return h(
    'tr',
    { style: { '--c': `var(${color})` } },
    h('th', { scope: 'row' }, h('i.swatch', {}), label),
    values.map((value) => {
      const shade = value === 0 ? 0 : Math.max(1, Math.round((value / largest) * SHADES));
      return h(
        'td',
        { class: `shade-${shade}`, title: `${label}: ${count(value)}` },
        h('span', value === 0 ? { class: 'hidden' } : {}, count(value)),
      );
    }),
  );
}
