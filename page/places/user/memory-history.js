import { time } from '../../dom/format.js';
import { fill, h } from '../../dom/h.js';
import { ask } from '../../net/ask.js';
import { changesText } from '../../parts/describe-event.js';
import { problemView } from '../../parts/problem.js';
import { ofUser } from '../user.js';

/**
 * What a memory was before, by whom and why it was changed; asked for when it is opened.
 * @param {any} memory
 * @param {import('../../app/question.js').Question} question
 */
export function memoryHistory({ memoryId, version }, question) {
  const list = h('ol.history');
  const details = h('details', {}, h('summary', {}, `Version ${version}`), list);
  const load = async () => {
    try {
      const path = `/memories/${encodeURIComponent(memoryId)}/history`;
      const { body } = await ask(ofUser(question, path));
      fill(
        list,
        body.items.map((/** @type {any} */ one) => revision(one, question.zone)),
      );
    } catch (error) {
      fill(
        list,
        problemView(error, () => void load()),
      );
    }
  };
  details.addEventListener('toggle', () => details.open && void load(), { once: true });
  return details;
}

/**
 * @param {any} revision
 * @param {string} zone
 */
function revision({ type, at, actor, reason, changes, said }, zone) {
  const what = type === 'memory.formed' ? '' : changesText(changes);
  return h(
    'li',
    {},
    h('b', {}, type.split('.')[1]),
    ` ${time(at, zone)} by ${actor}`,
    said && h('p', {}, `said again: ${said.content}`),
    what && h('p', {}, what),
    reason && h('p.quiet', {}, reason),
  );
}
