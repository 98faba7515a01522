import { count } from '../dom/format.js';
import { h } from '../dom/h.js';
import { icon } from '../dom/icons.js';
import { address, change } from './address.js';
import { askMoment } from './moment.js';
import { pickUsers } from './pick-users.js';
import { BUCKETS } from './question.js';

const ALL = ['range', 'bucket', 'zone', 'users', 'asOf'];

/**
 * Which parts of the bar a place knows.
 * @param {{ place: string, rest: string }} where
 */
function knownIn({ place, rest }) {
  if (place === 'operations' || (place === 'user' && !rest)) return ['zone'];
  if (place === 'user') return ALL.filter((part) => part !== 'users');
  return place === 'reports' && rest === 'cohorts' ? ALL.filter((part) => part !== 'bucket') : ALL;
}

/**
 * Whether a place can be looked at as of a past moment; the others show what is now.
 * @param {{ place: string, rest: string }} where
 */
export const knowsThePast = (where) => knownIn(where).includes('asOf');
const RANGE_NAMES = {
  '': 'All time',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  '12m': 'Last 12 months',
  custom: 'From – to',
};
const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What applies to everything on the page: range, bucket, zone, users, as of. */
export function makeBar() {
  const range = select('Range', Object.entries(RANGE_NAMES), (value) =>
    value === 'custom' ? dates.show() : change({ range: value, from: undefined, to: undefined }),
  );
  const dates = datesOf();
  const bucket = select('Bucket', [['', 'Automatic'], ...BUCKETS.map((each) => pair(each, each))], (value) =>
    change({ bucket: value }),
  );
  const zone = zoneSelect();
  const users = h('button.chip', { type: 'button', onclick: () => pickUsers(address().params.users) });
  const asOf = h('button.chip', {
    type: 'button',
    'data-as-of': '',
    title: 'As of (a)',
    onclick: () => askMoment(address().params),
  });
  const parts = /** @type {Record<string, HTMLElement>} */ ({
    range: h('div.chips', {}, range.element, dates.element),
    bucket: bucket.element,
    zone: zone.element,
    users,
    asOf,
  });
  return {
    element: h('header.bar', { 'aria-label': 'What everything on the page is about' }, Object.values(parts)),
    /** @param {import('./address.js').Address} now */
    update(now) {
      const { params } = now;
      const known = knownIn(now);
      for (const [name, part] of Object.entries(parts)) part.hidden = !known.includes(name);
      const isCustom = Boolean(params.from || params.to);
      range.set(isCustom ? 'custom' : (params.range ?? ''));
      dates.set(params.from, params.to, isCustom);
      bucket.set(params.bucket ?? '');
      zone.set(params.zone ?? 'UTC');
      users.textContent = usersName(params.users);
      users.classList.toggle('is-set', Boolean(params.users));
      asOf.classList.toggle('is-set', Boolean(params.asOf));
      asOf.replaceChildren(icon('clock'), params.asOf ? 'As of the past' : 'As of now');
    },
    /** @param {import('./question.js').Question} question */
    resolved({ params, bucket: used, asOf: moment }) {
      bucket.name('', params.bucket ? 'Automatic' : `By ${used}`);
      if (moment) asOf.replaceChildren(icon('clock'), `As of ${count(moment.position)}`);
    },
  };
}

/** @param {string | undefined} users */
function usersName(users) {
  if (!users) return 'All users';
  return users.includes(',') ? `${users.split(',').length} users` : users;
}

/**
 * @param {string} value
 * @param {string} text
 * @returns {[string, string]}
 */
const pair = (value, text) => [value, `By ${text}`];

/**
 * @param {string} label
 * @param {[string, string][]} options
 * @param {(value: string) => void} onChange
 */
function select(label, options, onChange) {
  /** @type {HTMLSelectElement} */
  const element = h(
    'select.chip',
    { 'aria-label': label },
    options.map(([value, text]) => h('option', { value }, text)),
  );
  for (const [i, [value]] of options.entries()) /** @type {any} */ (element.options[i]).value = value;
  element.addEventListener('change', () => onChange(element.value));
  return {
    element,
    /** @param {string} value */
    set(value) {
      element.value = value;
      element.classList.toggle('is-set', value !== '' && value !== 'UTC');
    },
    /**
     * @param {string} value
     * @param {string} text
     */
    name(value, text) {
      const option = [...element.options].find((each) => each.value === value);
      if (option) option.textContent = text;
    },
  };
}

function zoneSelect() {
  const zones = Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC');
  /** @type {[string, string][]} */
  const first = [
    ['UTC', 'UTC'],
    ['event', "Each user's local time"],
  ];
  if (OWN_ZONE !== 'UTC') first.push([OWN_ZONE, OWN_ZONE]);
  const rest = zones
    .filter((zone) => zone !== OWN_ZONE)
    .map((zone) => /** @type {[string, string]} */ ([zone, zone]));
  return select('Time zone', [...first, ...rest], (value) =>
    change({ zone: value === 'UTC' ? undefined : value }),
  );
}

function datesOf() {
  const from = h('input', { type: 'date', 'aria-label': 'From' });
  const to = h('input', { type: 'date', 'aria-label': 'To, not included' });
  const element = h('span.dates', { hidden: true }, from, '–', to);
  const send = () => change({ range: undefined, from: from.value, to: to.value });
  from.addEventListener('change', send);
  to.addEventListener('change', send);
  return {
    element,
    show() {
      element.hidden = false;
      from.focus();
    },
    /**
     * @param {string | undefined} first
     * @param {string | undefined} last
     * @param {boolean} shown
     */
    set(first = '', last = '', shown) {
      from.value = first.slice(0, 10);
      to.value = last.slice(0, 10);
      element.hidden = !shown;
    },
  };
}
