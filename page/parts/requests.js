import { openDialog } from '../app/dialog.js';
import { h } from '../dom/h.js';
import { curlOf, urlOf } from '../net/ask.js';
import { hasKey } from '../net/key.js';
import { problemView } from './problem.js';

/** @typedef {import('../net/ask.js').Request} Request */

/**
 * A button that shows the requests behind a figure.
 * @param {string} what the figure
 * @param {() => Request[]} requests
 */
export function requestButton(what, requests) {
  const label = `The request behind: ${what}`;
  return h(
    'button.plain.request',
    { type: 'button', title: 'Request', 'aria-label': label, onclick: () => showRequests(what, requests()) },
    '{ }',
  );
}

/**
 * @param {string} what
 * @param {Request[]} requests
 */
export function showRequests(what, requests) {
  openDialog(
    what,
    requests.map((request) => [
      line('URL', location.origin + urlOf(request)),
      line('curl', curlOf(request)),
      request.path.startsWith('/v1/reports/') && downloads(request),
    ]),
    h('p.quiet', {}, 'Every route and field: ', h('a', { href: '/docs' }, 'API documentation')),
  );
}

/**
 * @param {string} name
 * @param {string} text
 */
function line(name, text) {
  const code = h('code', { tabindex: '0' }, text);
  return h(
    'div.copyline',
    {},
    h('span.name', {}, name),
    code,
    copyButton(() => text, code),
  );
}

/**
 * @param {() => string} text
 * @param {HTMLElement} [shown] is selected where the browser refuses to copy
 * @param {string} [label]
 */
export function copyButton(text, shown, label = 'Copy') {
  const button = h('button', { type: 'button' }, label);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = 'Copied';
    } catch {
      if (shown) getSelection()?.selectAllChildren(shown);
      button.textContent = 'Press Ctrl C';
    }
    setTimeout(() => (button.textContent = label), 2_000);
  });
  return button;
}

/**
 * Links that fetch a report as a file.
 * @param {Request} request
 */
export function downloads(request) {
  return h(
    'p.downloads',
    {},
    ['csv', 'parquet', 'ndjson'].map((format) => {
      const href = urlOf({ ...request, params: { ...request.params, format } });
      const name = `${request.path.split('/').at(-1)}.${format}`;
      // A link saves what is larger than the memory of the page.
      const onclick = (/** @type {Event} */ event) => {
        if (!hasKey()) return;
        event.preventDefault();
        void save(href, name);
      };
      return h('a.button', { href, download: name, onclick }, NAMES[format]);
    }),
  );
}

/**
 * @param {string} href
 * @param {string} name
 */
async function save(href, name) {
  try {
    const { download } = await import('../net/download.js');
    await download(href, name);
  } catch (error) {
    openDialog(
      'Download',
      problemView(error, () => void save(href, name)),
    );
  }
}

/** @type {Record<string, string>} */
const NAMES = { csv: 'CSV', parquet: 'Parquet', ndjson: 'NDJSON' };
