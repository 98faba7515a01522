import { h } from '../dom/h.js';
import { change, go, linkTo } from './address.js';
import { openDialog } from './dialog.js';
import { PLACES } from './frame.js';

/** A letter after `g` counts for this long, ms. */
const AFTER_G_MS = 1_500;

/** @type {[string, string][]} */
const KEYS = [
  ['g, then o e u r v p', 'Overview, Emotions, User, Reports, Events, Operations'],
  ['/', 'search: memories of a user, else users'],
  ['t', 'charts as tables, and back'],
  ['a', 'as of a past moment'],
  ['n', 'back to now'],
  ['← → Home End', 'in a chart: read the values; on the slider: step by step'],
  ['Shift ← →, Enter', 'in a chart: select a range and zoom into it'],
  ['Escape', 'in a chart: zoom out; in a dialog: close it'],
  ['Space', 'in Events: pause the live tail'],
  ['?', 'this help'],
];

/** Keys that work wherever nothing is typed. */
export function listenToKeys() {
  let afterG = 0;
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isDialogOpen()) return;
    const place = Object.entries(PLACES).find(([, { key }]) => key === event.key)?.[0];
    if (place && event.timeStamp - afterG < AFTER_G_MS) go(linkTo(place));
    else if (event.key === 'g') {
      afterG = event.timeStamp;
      return;
    } else if (!act(event.key)) return;
    afterG = 0;
    event.preventDefault();
  });
}

/** @param {string} key */
function act(key) {
  switch (key) {
    case '/':
      search();
      return true;
    case '?':
      showHelp();
      return true;
    case 't':
      toggleTables();
      return true;
    case 'a':
      focusable('[data-as-of]')?.click();
      return true;
    case 'n':
      change({ asOf: undefined });
      return true;
    default:
      return false;
  }
}

/** Where nothing can be searched, users can be found. */
function search() {
  if (searchField()) searchField()?.focus();
  else {
    addEventListener('shown', () => searchField()?.focus(), { once: true });
    go(linkTo('user'));
  }
}

const searchField = () => focusable('main [data-search]');

/**
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
const focusable = (selector) => document.querySelector(selector);

/** The figure that has the focus, or all of them. */
function toggleTables() {
  const focused = document.activeElement?.closest('.panel');
  const panels = focused ? [focused] : document.querySelectorAll('.panel');
  for (const panel of panels) panel.dispatchEvent(new Event('toggletable'));
}

/** Explains the keys. */
export function showHelp() {
  openDialog(
    'Keyboard',
    h(
      'dl.keys',
      {},
      KEYS.map(([key, what]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, what)]),
    ),
    h('p.quiet', {}, 'Drag over a chart to zoom in, double click to zoom out.'),
  );
}

/** @param {EventTarget | null} target */
const isTyping = (target) =>
  target instanceof HTMLElement && target.matches('input:not([type=range]), select, textarea');
const isDialogOpen = () => document.querySelector('dialog[open]') !== null;
