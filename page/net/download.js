import { bodyOf, Problem, reach } from './ask.js';
import { keyHeaders } from './key.js';

/**
 * Fetches a file, and has the browser save it: a link alone cannot send a key.
 * @param {string} url
 * @param {string} name
 */
export async function download(url, name) {
  const response = await reach(url, { headers: keyHeaders(), cache: 'no-store' });
  if (!response.ok)
    throw new Problem(
      response.status,
      (await bodyOf(response)) ?? {},
      response.headers.get('x-correlation-id'),
    );
  const href = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.click();
  URL.revokeObjectURL(href);
}
