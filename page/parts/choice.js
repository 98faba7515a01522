import { change } from '../app/address.js';
import { h } from '../dom/h.js';

/**
 * Buttons of which one is pressed; the choice is kept in the address.
 * @param {string} label
 * @param {string} param of the address; the first value is its default
 * @param {[string, string][]} options value and text
 */
export function choice(label, param, options) {
  const buttons = options.map(([value, text], i) => ({
    value,
    button: h(
      'button',
      { type: 'button', onclick: () => change({ [param]: i === 0 ? undefined : value }) },
      text,
    ),
  }));
  return {
    element: h(
      'div.choice',
      { role: 'group', 'aria-label': label },
      buttons.map(({ button }) => button),
    ),
    /** @param {Record<string, string>} params */
    set(params) {
      const chosen = params[param] ?? options[0]?.[0];
      for (const { value, button } of buttons) button.setAttribute('aria-pressed', String(value === chosen));
    },
  };
}
