import { lostConnection } from './connection.js';
import { hasKey, keyHeaders, keyWanted } from './key.js';
import { forgetRunning, shared } from './shared.js';

/**
 * @typedef {object} Request
 * @property {string} path
 * @property {Record<string, string | number | undefined>} [params]
 * @property {string} [method]
 * @property {object} [body]
 *
 * @typedef {object} Answer
 * @property {any} body
 * @property {Headers} headers
 * @property {Request} request
 */

/** What the service answered instead: a problem document (RFC 9457). */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {Record<string, any>} body
   * @param {string | null} requestId
   */
  constructor(status, body, requestId) {
    super(body.detail ?? body.title ?? `The service answered ${status}.`);
    this.status = status;
    this.title = body.title ?? `Status ${status}`;
    this.code = body.code ?? '';
    /** The end of the log, where that is what the problem is about. */
    this.head = /** @type {number} */ (body.head);
    this.errors = /** @type {{ path: string, message: string }[]} */ (body.errors ?? []);
    this.requestId = requestId;
  }
}

/** The service could not be reached. */
export class Unreachable extends Error {}

/** Most answers that are kept to be asked for by their ETag. */
const KEPT = 80;
/** @type {Map<string, { etag: string, body: any, headers: Headers }>} */
const kept = new Map();
addEventListener('signedin', () => kept.clear());

/** @param {Request} request */
export function urlOf({ path, params = {} }) {
  const query = Object.entries(params)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(
      ([name, value]) =>
        `${name}=${encodeURIComponent(String(value)).replace(/%(2F|3A|2C|40)/g, decodeURIComponent)}`,
    );
  return query.length > 0 ? `${path}?${query.join('&')}` : path;
}

/** @param {Request} request */
export function curlOf(request) {
  const { method = 'GET', body } = request;
  const parts = ['curl'];
  if (method !== 'GET') parts.push('-X', method);
  if (hasKey()) parts.push('-H "authorization: Bearer $EDGESOUL_KEY"');
  if (body)
    parts.push(
      `-H 'content-type: application/json' -d '${JSON.stringify(body).replaceAll("'", String.raw`'\''`)}'`,
    );
  return [...parts, `'${location.origin}${urlOf(request)}'`].join(' ');
}

/**
 * Sends a request. Throws Problem, Unreachable, or an AbortError when the question has changed since.
 * @param {Request} request
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer>}
 */
export async function ask(request, signal) {
  if ((request.method ?? 'GET') !== 'GET') {
    const { body, headers } = await send(request, signal);
    forgetRunning();
    return { body, headers, request };
  }
  const url = urlOf(request);
  const { body, headers } = await shared(url, signal, (anybody) => read(request, url, anybody));
  return { body, headers, request };
}

/**
 * Reads an answer, or learns that the one that is kept is still right.
 * @param {Request} request
 * @param {string} url
 * @param {AbortSignal} signal
 */
async function read(request, url, signal) {
  const before = kept.get(url);
  const answer = await send(request, signal, before?.etag);
  if (answer.status === 304 && before) return before;
  const etag = answer.headers.get('etag');
  if (etag) keep(url, { etag, body: answer.body, headers: answer.headers });
  return answer;
}

/**
 * @param {Request} request
 * @param {AbortSignal | undefined} signal
 * @param {string} [etag] of an answer that is kept
 */
async function send(request, signal, etag) {
  const response = await reach(urlOf(request), initOf(request, etag, signal));
  const { status, headers } = response;
  const body = await bodyOf(response);
  if (status === 401) keyWanted();
  if (!response.ok && status !== 304) throw new Problem(status, body ?? {}, headers.get('x-correlation-id'));
  return { status, headers, body };
}

/**
 * @param {Request} request
 * @param {string | undefined} etag of an answer that is kept
 * @param {AbortSignal | undefined} signal
 * @returns {RequestInit}
 */
function initOf({ method = 'GET', body }, etag, signal) {
  const headers = new Headers({ accept: 'application/json', ...keyHeaders() });
  if (etag) headers.set('if-none-match', etag);
  if (body) headers.set('content-type', 'application/json');
  return {
    method,
    headers,
    cache: 'no-store',
    ...(body ? { body: JSON.stringify(body) } : {}),
    ...(signal ? { signal } : {}),
  };
}

/**
 * @param {string} url
 * @param {RequestInit} init
 */
export async function reach(url, init) {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (/** @type {Error} */ (error).name === 'AbortError') throw error;
    void lostConnection();
    throw new Unreachable('The service does not answer. The page tries again by itself.', { cause: error });
  }
}

/** @param {Response} response */
export async function bodyOf(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * @param {string} url
 * @param {{ etag: string, body: any, headers: Headers }} answer
 */
function keep(url, answer) {
  kept.delete(url);
  kept.set(url, answer);
  const oldest = kept.keys().next().value;
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
}
