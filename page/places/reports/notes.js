import { count, decimal, ratio } from '../../dom/format.js';
import { h } from '../../dom/h.js';

/** @typedef {[string, string]} Fact */

/**
 * What a report says beside its rows.
 * @param {any} report
 */
export function notes({ summary, unmapped, asOf, definitions }) {
  const facts = [
    ...pivotFacts(summary?.pivot),
    ...rhythmFacts(summary?.rhythm),
    ...trendFacts(summary),
    ...when(unmapped > 0, 'Unmapped', () => `${count(unmapped)} observations have a label without a valence`),
    ...when(asOf, 'As of', () => `position ${count(asOf.position)}`),
    ...when(definitions, 'Definitions', () => definitionsText(definitions)),
  ];
  return h(
    'dl.facts.one',
    {},
    facts.map(([name, text]) => h('div', {}, h('dt', {}, name), h('dd', {}, text))),
  );
}

/**
 * @param {any} isKnown
 * @param {string} name
 * @param {() => string} text
 * @returns {Fact[]}
 */
const when = (isKnown, name, text) => (isKnown ? [[name, text()]] : []);

/** @param {Record<string, unknown>} definitions */
const definitionsText = (definitions) =>
  Object.entries(definitions)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');

/**
 * @param {any} summary
 * @returns {Fact[]}
 */
function trendFacts(summary) {
  const { slopePerDay = null, low, high, n, changePoints } = summary ?? {};
  return [
    ...when(
      slopePerDay !== null,
      'Trend',
      () => `${signed(slopePerDay)} a day (95 %: ${signed(low)} to ${signed(high)}, n = ${count(n)})`,
    ),
    ...when(changePoints?.length > 0, 'Change points', () =>
      changePoints.map((/** @type {string} */ start) => start.slice(0, 10)).join(', '),
    ),
  ];
}

/**
 * @param {any} rhythm
 * @returns {Fact[]}
 */
function rhythmFacts(rhythm) {
  const { peakHour, amplitude, p } = rhythm ?? {};
  if (peakHour === undefined) return [];
  const clock = `${Math.floor(peakHour)}:${String(Math.floor((peakHour % 1) * 60)).padStart(2, '0')}`;
  const sure = p === null || p === undefined ? '' : ` (p = ${decimal(p)})`;
  return [['Daily rhythm', `highest about ${clock}, ${ratio(amplitude)} around the mean${sure}`]];
}

/**
 * What changed around a date.
 * @param {any} pivot
 * @returns {Fact[]}
 */
function pivotFacts(pivot) {
  if (!pivot) return [];
  const { before, after, change } = pivot;
  const side = (/** @type {any} */ { mean, n, users }) =>
    `${signed(mean)} (n = ${count(n)}, ${count(users)} users)`;
  return [
    ['Before', side(before)],
    ['After', side(after)],
    [
      'Change of each user',
      change.mean === null
        ? `too few users on both sides (${count(change.n)})`
        : `${signed(change.mean)} (95 %: ${signed(change.low)} to ${signed(change.high)}, n = ${count(change.n)})`,
    ],
  ];
}

/** @param {number | null} value */
const signed = (value) => (value === null ? '–' : `${value > 0 ? '+' : ''}${value.toPrecision(3)}`);
