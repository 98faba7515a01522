import { forgetRunning } from './shared.js';

/** The key that was given, for as long as the page is open: it is kept nowhere else. */
let key = '';

export const hasKey = () => key !== '';

/** @returns {Record<string, string>} */
export const keyHeaders = () => (key === '' ? {} : { authorization: `Bearer ${key}` });

/**
 * Uses another key from here on; what was answered to the one before is asked again.
 * @param {string} token
 */
export function useKey(token) {
  key = token;
  isAsked = false;
  forgetRunning();
  dispatchEvent(new Event('signedin'));
}

/** Whoever has closed the question for a key is not asked again, but can ask for it. */
let isAsked = false;

/** Says that the service wants a key, or another one. */
export const keyWanted = () => !isAsked && wantKey();

/** Asks for a key. */
export function wantKey() {
  isAsked = true;
  dispatchEvent(new Event('keywanted'));
}
