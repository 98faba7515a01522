import { count, time } from '../dom/format.js';
import { fill, h } from '../dom/h.js';
import { icon } from '../dom/icons.js';
import { change, linkTo } from './address.js';
import { showHelp } from './keyboard.js';
import { liveRegion } from './speak.js';
import { nextTheme, themeName } from './theme.js';

/** The places, their names, and the letter after `g` that goes there. */
export const PLACES = /** @type {Record<string, { name: string, key: string }>} */ ({
  overview: { name: 'Overview', key: 'o' },
  emotions: { name: 'Emotions', key: 'e' },
  user: { name: 'User', key: 'u' },
  reports: { name: 'Reports', key: 'r' },
  events: { name: 'Events', key: 'v' },
  operations: { name: 'Operations', key: 'p' },
});

/** The rail, the bar, the banner of a past moment, and the room for a place. */
export class Frame {
  #banner = h('div.moment', { role: 'status', hidden: true });
  /** @type {Map<string, HTMLAnchorElement>} by place */
  #links = new Map(Object.keys(PLACES).map((place) => [place, linkOf(place)]));
  /** @type {HTMLElement} */
  main = h('main', { id: 'main', tabindex: '-1' });

  /** @param {HTMLElement} bar */
  constructor(bar) {
    const skip = (/** @type {Event} */ event) => {
      // The address of the page is not that of the element.
      event.preventDefault();
      this.main.focus();
    };
    // On a phone the rail has no room for them.
    bar.append(h('div.foot', {}, themeButton(), helpButton()));
    const items = [...this.#links.values()].map((link) => h('li', {}, link));
    /** @type {HTMLElement} */
    this.element = h(
      'div.frame',
      {},
      h('a.skip', { href: '#main', onclick: skip }, 'Skip to the content'),
      h('div.offline', { 'aria-hidden': 'true' }),
      h(
        'nav.rail',
        { 'aria-label': 'Places' },
        brand(),
        h('ul', {}, items),
        h('div.foot', {}, themeButton(), helpButton()),
      ),
      h('div.column', {}, bar, this.#banner, this.main),
      liveRegion,
    );
  }

  /** @param {string} name of a place */
  select(name) {
    document.title = `${PLACES[name]?.name} · EdgeSoul Store`;
    for (const [place, link] of this.#links) {
      link.href = linkTo(place);
      if (place === name) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
  }

  /** @param {import('./question.js').Question | undefined} question undefined: the place shows what is now */
  showMoment(question) {
    const { asOf, zone } = question ?? {};
    this.#banner.hidden = asOf === undefined;
    if (!asOf || !zone) return;
    const at = asOf.recordedAt
      ? ` · ${time(asOf.recordedAt, zone, true)} ${zone === 'event' ? 'UTC' : zone}`
      : '';
    fill(
      this.#banner,
      icon('clock'),
      h('span', {}, h('b', {}, `As of position ${count(asOf.position)}`), at),
      h('button', { type: 'button', onclick: () => change({ asOf: undefined }) }, 'Back to now'),
    );
  }
}

/** @param {string} place */
function linkOf(place) {
  const { name, key } = PLACES[place];
  return h(
    'a',
    { href: linkTo(place), title: `${name} (g ${key})` },
    icon(/** @type {any} */ (place)),
    h('span', {}, name),
  );
}

const brand = () =>
  h(
    'p.brand',
    {},
    h('img', { src: '/page/icon.svg', alt: '', width: 24, height: 24 }),
    h('span', {}, 'EdgeSoul Store'),
  );

const helpButton = () =>
  h(
    'button.plain',
    { type: 'button', 'aria-label': 'Keyboard help', title: 'Help (?)', onclick: showHelp },
    icon('help'),
  );

function themeButton() {
  const button = h('button.plain', { type: 'button' }, icon('theme'));
  const tell = () => {
    button.setAttribute('aria-label', `Theme: ${themeName()}`);
    button.title = `Theme: ${themeName()}`;
  };
  button.addEventListener('click', nextTheme);
  addEventListener('themechange', tell);
  tell();
  return button;
}
