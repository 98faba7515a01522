import { h } from '../dom/h.js';
import { Problem } from '../net/ask.js';
import { wantKey } from '../net/key.js';

/**
 * What went wrong, in the service's own words, and a way to try again.
 * @param {unknown} error
 * @param {() => void} retry
 */
export function problemView(error, retry) {
  const again = h('button', { type: 'button', onclick: retry }, 'Try again');
  if (!(error instanceof Problem)) {
    const text = error instanceof Error ? error.message : String(error);
    return h('div.problem', { role: 'alert' }, h('p', {}, text), again);
  }
  return h(
    'div.problem',
    { role: 'alert' },
    h('p', {}, h('strong', {}, error.title), ' ', h('code', {}, error.code)),
    h('p', {}, error.message),
    error.requestId && h('p.quiet', {}, 'Request id ', h('code', {}, error.requestId)),
    again,
    error.code.startsWith('auth.') && [' ', h('button', { type: 'button', onclick: wantKey }, 'Sign in')],
  );
}

/**
 * Says what would be here, and how to make it so.
 * @param {string} text
 * @param {string} [curl]
 */
export function emptyView(text, curl) {
  return h('div.empty', {}, h('p', {}, text), curl && h('pre', { tabindex: '0' }, h('code', {}, curl)));
}
