import { h } from '../dom/h.js';

/** Read aloud by screen readers; not visible. */
export const liveRegion = h('div.hidden', { 'aria-live': 'polite', role: 'status' });

/** @param {string} text */
export function speak(text) {
  liveRegion.textContent = text;
}
