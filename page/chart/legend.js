import { h } from '../dom/h.js';

/**
 * The names of the series with their values at the crosshair; a click hides or shows one.
 * @param {import('./series.js').Series[]} series
 * @param {(value: number | null) => string} format
 * @param {(key: string) => void} toggle
 */
export function legend(series, format, toggle) {
  const title = h('span.when');
  const entries = series.map((one) => {
    const value = h('b');
    const button = h(
      'button.series',
      { type: 'button', 'aria-pressed': 'true', title: 'Hide or show', onclick: () => toggle(one.key) },
      h('i.swatch', { style: { '--c': `var(${one.color})` } }),
      one.label,
      ' ',
      value,
    );
    return { one, value, button };
  });
  const element = h(
    'div.legend',
    {},
    title,
    entries.map(({ button }) => button),
  );
  return {
    element,
    /**
     * @param {string} when
     * @param {number} index of the bucket
     * @param {Set<string>} shown
     */
    show(when, index, shown) {
      title.textContent = when;
      for (const { one, value, button } of entries) {
        value.textContent = format(one.values[index] ?? null);
        button.setAttribute('aria-pressed', String(shown.has(one.key)));
      }
    },
    text: () =>
      [title.textContent, ...entries.map(({ one, value }) => `${one.label} ${value.textContent}`)].join(', '),
  };
}
