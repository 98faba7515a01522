import { change, go, linkTo } from '../../app/address.js';
import { count, time } from '../../dom/format.js';
import { h } from '../../dom/h.js';
import { FIRST_TURN } from '../../parts/first-commands.js';
import { Panel } from '../../parts/panel.js';
import { tableView } from '../../parts/table.js';

const SHOWN = 50;

/** All users by their ids, to choose one. */
export function makeUserList() {
  const search = h('input', {
    type: 'search',
    placeholder: 'User id begins with…',
    'aria-label': 'User id begins with',
    'data-search': '',
  });
  search.addEventListener('input', () =>
    change({ prefix: search.value.trim(), cursor: undefined }, { replace: true }),
  );
  search.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Enter' && search.value.trim())
      go(linkTo(`user/${encodeURIComponent(search.value.trim())}`));
  });
  return new Panel({
    title: 'Users',
    controls: search,
    requests: ({ params }) => [
      { path: '/v1/users', params: { prefix: params.prefix, cursor: params.cursor, limit: SHOWN } },
    ],
    empty: {
      text: 'No user has such an id. The first command for a user registers the user:',
      curl: FIRST_TURN,
    },
    draw: ([{ items, nextCursor }], { zone, params }) => {
      if (document.activeElement !== search) search.value = params.prefix ?? '';
      if (items.length === 0) return undefined;
      const table = tableView({
        caption: 'Users',
        columns: [
          { name: 'User' },
          { name: 'Name' },
          { name: 'Turns', number: true },
          { name: 'Sessions', number: true },
          { name: 'Last turn' },
          { name: 'Since' },
        ],
        rows: items.map((/** @type {any} */ user) => [
          h('a', { href: linkTo(`user/${encodeURIComponent(user.userId)}`) }, user.userId),
          user.name,
          count(user.turns),
          count(user.sessions),
          time(user.lastTurnAt, zone),
          time(user.createdAt, zone),
        ]),
      });
      const more = h(
        'button',
        { type: 'button', onclick: () => change({ cursor: nextCursor }) },
        'Next page',
      );
      return { view: [table, nextCursor && h('p.after', {}, more)] };
    },
  });
}
