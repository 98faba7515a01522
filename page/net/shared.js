/** A question that everybody has given up is often asked again at once; only then it is not cancelled, ms. */
const ASKED_AGAIN_MS = 50;

/** @typedef {{ answer: Promise<any>, cancel: AbortController, waiting: number }} Running */

/** @type {Map<string, Running>} by URL */
const running = new Map();

/**
 * Has all who ask the same at the same time wait for one answer. It is cancelled when nobody waits any more.
 * @template T
 * @param {string} url
 * @param {AbortSignal | undefined} signal
 * @param {(signal: AbortSignal) => Promise<T>} ask
 * @returns {Promise<T>}
 */
export function shared(url, signal, ask) {
  const one = running.get(url) ?? begin(url, ask);
  one.waiting++;
  return new Promise((resolve, reject) => {
    const leave = () => {
      one.waiting--;
      setTimeout(() => cancelUnwanted(url, one), ASKED_AGAIN_MS);
      reject(/** @type {AbortSignal} */ (signal).reason);
    };
    if (signal?.aborted) return leave();
    signal?.addEventListener('abort', leave);
    const settle = (/** @type {(value: any) => void} */ how) => (/** @type {any} */ value) => {
      signal?.removeEventListener('abort', leave);
      how(value);
    };
    one.answer.then(settle(resolve), settle(reject));
  });
}

/** What is asked from here on must not be answered by what was asked before. */
export const forgetRunning = () => running.clear();

/**
 * @param {string} url
 * @param {(signal: AbortSignal) => Promise<any>} ask
 * @returns {Running}
 */
function begin(url, ask) {
  const cancel = new AbortController();
  const one = { answer: ask(cancel.signal), cancel, waiting: 0 };
  const end = () => {
    if (running.get(url) === one) running.delete(url);
  };
  one.answer.then(end, end);
  running.set(url, one);
  return one;
}

/**
 * @param {string} url
 * @param {Running} one
 */
function cancelUnwanted(url, one) {
  if (one.waiting > 0) return;
  if (running.get(url) === one) running.delete(url);
  one.cancel.abort();
}
