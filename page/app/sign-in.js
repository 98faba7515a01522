import { h } from '../dom/h.js';
import { hasKey, useKey } from '../net/key.js';
import { openDialog } from './dialog.js';

const COMMAND = 'npm run edgesoul -- keys create --name page --scope chat,analyst,operator';

/** @type {HTMLDialogElement | undefined} */
let dialog;

/** Asks for a key, which stays in the memory of the page. */
export function signIn() {
  if (dialog?.open) return;
  const field = h('input', {
    id: 'key',
    type: 'password',
    required: true,
    autocomplete: 'off',
    spellcheck: 'false',
    pattern: String.raw`\s*esk_[a-z0-9]{12}_[A-Za-z0-9_\-]{43}\s*`,
    title: 'A key begins with esk_',
  });
  const form = h(
    'form.sign-in',
    {
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        dialog?.close();
        useKey(field.value.trim());
      },
    },
    h('p', {}, hasKey() ? 'The key is not valid, or not valid any more.' : 'This service asks for a key.'),
    h('label', { for: 'key' }, 'Key'),
    field,
    h('p.quiet', {}, 'It is kept only while this page is open. An operator makes one:'),
    h('pre', { tabindex: '0' }, h('code', {}, COMMAND)),
    h('p.actions', {}, h('button.primary', { type: 'submit' }, 'Sign in')),
  );
  dialog = openDialog('Sign in', form);
  field.focus();
}
