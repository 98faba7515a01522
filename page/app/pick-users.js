import { count } from '../dom/format.js';
import { fill, h } from '../dom/h.js';
import { ask } from '../net/ask.js';
import { problemView } from '../parts/problem.js';
import { change } from './address.js';
import { openDialog } from './dialog.js';

/** How many users a list shows at once. */
const SHOWN = 30;

/**
 * Asks which users everything is about.
 * @param {string | undefined} users ids with commas between them
 */
export function pickUsers(users) {
  const chosen = new Set(users ? users.split(',') : []);
  const list = h('ul.options');
  const search = h('input', {
    type: 'search',
    placeholder: 'An id begins with…',
    'aria-label': 'An id begins with',
  });
  const all = h('button', { type: 'button' }, 'All users');
  const done = h('button.primary', { type: 'button' }, 'Show them');
  const dialog = openDialog('Users', search, list, h('p.actions', {}, all, done));

  const load = async () => {
    try {
      const { body } = await ask({
        path: '/v1/users',
        params: { prefix: search.value.trim(), limit: SHOWN },
      });
      const found = new Set(body.items.map((/** @type {any} */ user) => user.userId));
      const others = search.value ? [] : [...chosen].filter((id) => !found.has(id));
      fill(list, [...others.map((userId) => option({ userId })), ...body.items.map(option)]);
    } catch (error) {
      fill(
        list,
        problemView(error, () => void load()),
      );
    }
  };
  /** @param {{ userId: string, name?: string | null, turns?: number }} user */
  const option = ({ userId, name, turns }) => {
    const box = h('input', { type: 'checkbox', checked: chosen.has(userId) });
    box.addEventListener('change', () => (box.checked ? chosen.add(userId) : chosen.delete(userId)));
    return h(
      'li',
      {},
      h(
        'label',
        {},
        box,
        h('b', {}, userId),
        name && ` ${name}`,
        turns !== undefined && h('span.quiet', {}, ` ${count(turns)} turns`),
      ),
    );
  };
  search.addEventListener('input', () => void load());
  all.addEventListener('click', () => {
    chosen.clear();
    dialog.close();
    change({ users: undefined });
  });
  done.addEventListener('click', () => {
    dialog.close();
    change({ users: [...chosen].join(',') });
  });
  void load();
  search.focus();
}
