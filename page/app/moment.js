import { h } from '../dom/h.js';
import { Problem } from '../net/ask.js';
import { change } from './address.js';
import { openDialog } from './dialog.js';
import { momentOf } from './question.js';

/**
 * Asks for a past moment: a time or a position.
 * @param {Record<string, string>} params
 */
export function askMoment({ asOf = '' }) {
  const isPosition = /^\d+$/.test(asOf);
  const at = h('input', {
    type: 'datetime-local',
    step: '1',
    value: isPosition ? '' : asOf.slice(0, 19),
  });
  const position = h('input', {
    type: 'number',
    min: '1',
    step: '1',
    value: isPosition ? asOf : '',
  });
  const wrong = h('p.wrong', { role: 'alert' });
  const form = h(
    'form.stack',
    {},
    h('p', {}, 'Everything on the page is answered as it would have been answered then.'),
    h('label', {}, 'Time (UTC)', at),
    h('p.quiet.or', {}, 'or'),
    h('label', {}, 'Position in the log', position),
    wrong,
    h(
      'p.actions',
      {},
      h('button', { type: 'button', onclick: () => leaveWith(undefined) }, 'Now'),
      h('button.primary', { type: 'submit' }, 'Go there'),
    ),
  );
  const dialog = openDialog('As of a past moment', form);
  at.focus();
  at.addEventListener('input', () => (position.value = ''));
  position.addEventListener('input', () => (at.value = ''));

  /** @param {string | undefined} moment */
  function leaveWith(moment) {
    dialog.close();
    change({ asOf: moment });
  }
  form.addEventListener('submit', async (/** @type {Event} */ event) => {
    event.preventDefault();
    const moment = position.value || (at.value ? new Date(`${at.value}Z`).toISOString() : '');
    if (!moment) return leaveWith(undefined);
    try {
      // A time names one position: the address then means the same for ever.
      const { position: found } = await momentOf(moment);
      leaveWith(String(found));
    } catch (error) {
      wrong.textContent = error instanceof Problem ? error.message : String(error);
    }
  });
}
