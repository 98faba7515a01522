import { h } from '../dom/h.js';
import { icon } from '../dom/icons.js';

/**
 * Opens a modal dialog; Escape, the button and a click beside it close it, and focus goes back.
 * @param {string} title
 * @param {...import('../dom/h.js').Child} content
 * @returns {HTMLDialogElement}
 */
export function openDialog(title, ...content) {
  const heading = h('h2', { id: 'dialog-title' }, title);
  const close = h(
    'button.plain',
    { type: 'button', 'aria-label': 'Close', onclick: () => dialog.close() },
    icon('close'),
  );
  /** @type {HTMLDialogElement} */
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'dialog-title', onclose: () => dialog.remove() },
    h('header', {}, heading, close),
    h('div.content', {}, ...content),
  );
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * Asks before something long begins.
 * @param {string} title
 * @param {import('../dom/h.js').Child} text
 * @param {string} action label of the button
 * @returns {Promise<boolean>}
 */
export function confirmed(title, text, action) {
  return new Promise((resolve) => {
    const yes = h('button.primary', { type: 'button' }, action);
    const no = h('button', { type: 'button' }, 'Not now');
    const dialog = openDialog(title, h('div.confirm', {}, text), h('p.actions', {}, no, yes));
    dialog.addEventListener('close', () => resolve(false));
    no.addEventListener('click', () => dialog.close());
    yes.addEventListener('click', () => {
      resolve(true);
      dialog.close();
    });
    yes.focus();
  });
}
