import { h } from '../dom/h.js';

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {boolean} [number] aligned to the right
 * @property {boolean} [sentences] has room for more than a few words
 * @property {boolean} [unseen] its cells speak for themselves
 *
 * @typedef {object} Table
 * @property {string} caption
 * @property {Column[]} columns
 * @property {import('../dom/h.js').Child[][]} rows
 */

/** Most rows shown of a table view; the request behind it gives them all. */
const SHOWN = 500;

/**
 * @param {Table} table
 * @returns {HTMLElement}
 */
export function tableView({ caption, columns, rows }) {
  const shown = rows.slice(0, SHOWN);
  return h(
    'div.scroll',
    { tabindex: '0', role: 'group', 'aria-label': caption },
    h(
      'table',
      {},
      h('caption.hidden', {}, caption),
      h('thead', {}, h('tr', {}, columns.map(headOf))),
      h(
        'tbody',
        {},
        shown.map((cells) =>
          h(
            'tr',
            {},
            cells.map((cell, i) => h('td', cellProps(columns[i] ?? { name: '' }), cell)),
          ),
        ),
      ),
    ),
    rows.length > SHOWN && h('p.quiet', {}, `The first ${SHOWN} of ${rows.length} rows.`),
  );
}

/** @param {Column} column */
const headOf = (column) =>
  h(
    'th',
    cellProps(column, { scope: 'col' }),
    column.unseen ? h('span.hidden', {}, column.name) : column.name,
  );

/**
 * @param {Column} column
 * @param {object} [props]
 */
const cellProps = ({ number, sentences }, props = {}) => ({
  ...props,
  ...(number ? { class: 'number' } : sentences ? { class: 'sentences' } : {}),
});
