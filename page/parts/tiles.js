import { h } from '../dom/h.js';
import { showRequests } from './requests.js';

/**
 * @typedef {object} Tile
 * @property {string} name
 * @property {string} value
 * @property {string} [note]
 * @property {import('../net/ask.js').Request} request the request behind the number
 */

/**
 * Numbers in a row; each leads to the request behind it.
 * @param {Tile[]} tiles
 */
export function tilesView(tiles) {
  return h(
    'ul.tiles',
    {},
    tiles.map(({ name, value, note, request }) =>
      h(
        'li',
        {},
        h(
          'button.tile',
          { type: 'button', title: 'Show the request', onclick: () => showRequests(name, [request]) },
          h('span.name', {}, name),
          h('b', {}, value),
          h('span.quiet', {}, note ?? ' '),
        ),
      ),
    ),
  );
}
