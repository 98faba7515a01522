const THEMES = ['', 'light', 'dark'];
const NAMES = ['as the system', 'light', 'dark'];

/** Which theme is chosen; empty follows the system. */
const chosen = () => document.documentElement.dataset.theme ?? '';

/** The name of the theme, for the button that changes it. */
export const themeName = () => NAMES[THEMES.indexOf(chosen())] ?? '';

/** Goes to the next theme and remembers it. */
export function nextTheme() {
  const next = THEMES[(THEMES.indexOf(chosen()) + 1) % THEMES.length] ?? '';
  if (next) {
    document.documentElement.dataset.theme = next;
    localStorage.setItem('theme', next);
  } else {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem('theme');
  }
  dispatchEvent(new Event('themechange'));
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
  dispatchEvent(new Event('themechange')),
);
