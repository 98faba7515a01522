import { count, decimal, share } from '../../dom/format.js';
import { h } from '../../dom/h.js';

const SHADES = 8;

/**
 * Cohorts as a triangle: each row one cohort, each column one period after the first.
 * @param {any} report
 */
export function cohortTable({ items, query }) {
  const longest = Math.max(...items.map((/** @type {any} */ { periods }) => periods.length));
  const isShare = (query?.measure ?? 'retention') === 'retention';
  const rates = items.flatMap((/** @type {any} */ { periods }) =>
    periods.map((/** @type {any} */ { rate }) => Math.abs(rate ?? 0)),
  );
  const largest = isShare ? 1 : Math.max(1e-9, ...rates);
  const first = items[0]?.periods[0]?.period ?? 0;
  const columns = Array.from({ length: longest }, (_, i) => first + i);
  return h(
    'div.scroll',
    { tabindex: '0', role: 'group', 'aria-label': 'Cohorts' },
    h(
      'table.heat.cohorts',
      { style: { '--c': 'var(--disgust)' } },
      h('caption.hidden', {}, 'Cohorts by period'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['Cohort', 'Users', ...columns].map((name) => h('th', { scope: 'col' }, String(name))),
        ),
      ),
      h(
        'tbody',
        {},
        items.map((/** @type {any} */ item) => cohortRow(item, longest, isShare ? share : decimal, largest)),
      ),
    ),
  );
}

/**
 * @param {any} item
 * @param {number} longest
 * @param {(value: number | null) => string} format
 * @param {number} largest
 */
function cohortRow({ cohort, size, periods }, longest, format, largest) {
  const rest = Array.from({ length: longest - periods.length }, () => h('td.none'));
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, String(cohort).slice(0, 10)),
    h('td.none', {}, count(size)),
    periods.map((/** @type {any} */ { complete, users, rate }) => {
      if (complete === 0) return h('td.none');
      const shade = rate ? Math.max(1, Math.round((Math.abs(rate) / largest) * SHADES)) : 0;
      const isPartial = complete < size;
      const title = `${count(users)} of ${count(complete)} users${isPartial ? '; not complete for all yet' : ''}`;
      return h(
        'td',
        { class: `shade-${Math.min(SHADES, shade)}${isPartial ? ' partial' : ''}`, title },
        h('span', {}, format(rate)),
      );
    }),
    rest,
  );
}
