import { timeChart } from '../../chart/chart.js';
import { emotionColor } from '../../chart/colors.js';
import { bucketsOf, seriesOf } from '../../chart/series.js';
import { count, decimal, ratio } from '../../dom/format.js';
import { h } from '../../dom/h.js';
import { tableView } from '../../parts/table.js';
import { zoomOver } from '../../parts/zoom.js';
import { clockOf, clockTable } from './clock-table.js';
import { cohortTable } from './cohort-table.js';

/** The measure that the chart of a report shows. */
const MEASURES = /** @type {Record<string, string>} */ ({ emotions: 'count', mood: 'mean' });
/** Fields that say where a row belongs, not how much it is. */
const KEYS = ['emotion', 'user', 'userId', 'trigger', 'hourOfDay', 'weekday', 'session', 'sessionId', 'type'];
/** A chart with more lines than this says nothing; the table says all. */
const MAX_LINES = 12;

/**
 * Draws any report: as a chart over time where it has buckets, always as a table.
 * @param {any} report
 * @param {import('../../app/question.js').Question} question
 * @returns {import('../../parts/panel.js').Drawn | undefined}
 */
export function drawReport(report, question) {
  if (report.items.length === 0) return undefined;
  if (report.report === 'cohorts') return { view: [cohortTable(report), notes(report)] };
  const table = tableOf(report);
  const clock = clockOf(report);
  if (clock) return { view: [clockTable(report, clock, question.bucket), notes(report)], table };
  const data = dataOf(report);
  if (data.buckets.length < 2 || data.series.length > MAX_LINES)
    return { view: [tableView(table), notes(report)] };
  const isMood = report.report === 'mood';
  const changes = report.summary?.changePoints ?? [];
  const chart = timeChart({
    label: `Report ${report.report}`,
    ...data,
    bucket: question.bucket,
    kind: isMood || report.report === 'usage' ? 'lines' : 'stack',
    height: 280,
    marks: data.buckets.flatMap(({ start }, i) => (changes.includes(start) ? [i] : [])),
    ...zoomOver(data.buckets, question),
  });
  return { view: [chart.element, notes(report)], leave: chart.leave, table };
}

/** @param {any} report */
function dataOf({ report, items }) {
  const buckets = bucketsOf(items);
  const groups = KEYS.filter((key) => key in items[0]);
  const measure = MEASURES[report];
  if (measure !== undefined) {
    const key = (/** @type {any} */ item) =>
      groups.map((group) => item[group]).join(' · ') || (report === 'mood' ? 'valence' : 'all');
    return seriesOf(items, { key, value: (item) => item[measure], color: emotionColor });
  }
  const fields = measuresOf(items[0]);
  const series = fields.map((field, i) => ({
    key: field,
    label: wordsOf(field),
    color: PALETTE[i % PALETTE.length] ?? '',
    values: items.map((/** @type {any} */ item) => item[field]),
  }));
  return { buckets, series };
}

/** @param {string} field such as `activeUsers` */
const wordsOf = (field) => field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const PALETTE = [
  '--other-1',
  '--joy',
  '--disgust',
  '--anger',
  '--fear',
  '--love',
  '--other-2',
  '--other-3',
  '--neutral',
];

/** @param {any} item */
const measuresOf = (item) =>
  Object.keys(item).filter((field) => typeof item[field] === 'number' && !KEYS.includes(field));

/**
 * @param {any} report
 * @returns {import('../../parts/table.js').Table}
 */
function tableOf({ report, items }) {
  const fields = Object.keys(items[0]).filter((field) => field !== 'start');
  return {
    caption: `Report ${report}`,
    columns: fields.map((name) => ({
      name,
      number: typeof items[0][name] === 'number' && !KEYS.includes(name),
    })),
    rows: items.map((/** @type {any} */ item) => fields.map((field) => cell(item[field]))),
  };
}

/** @param {unknown} value */
function cell(value) {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return Number.isInteger(value) ? count(value) : decimal(value);
  if (typeof value === 'boolean') return value ? 'yes' : '';
  if (typeof value === 'string') return value.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):00$/, '$1 $2');
  return h('code', {}, JSON.stringify(value));
}

/**
 * What the answer says beside its rows.
 * @param {any} report
 */
function notes({ summary, unmapped, asOf, definitions }) {
  const facts = [
    ...pivotFacts(summary?.pivot),
    summary?.rhythm?.peakHour !== undefined && ['Daily rhythm', rhythmText(summary.rhythm)],
    summary?.slopePerDay !== undefined &&
      summary.slopePerDay !== null && [
        'Trend',
        `${signed(summary.slopePerDay)} a day (95 %: ${signed(summary.low)} to ${signed(summary.high)}, n = ${count(summary.n)})`,
      ],
    summary?.changePoints?.length > 0 && [
      'Change points',
      summary.changePoints.map((/** @type {string} */ start) => start.slice(0, 10)).join(', '),
    ],
    unmapped > 0 && ['Unmapped', `${count(unmapped)} observations have a label without a valence`],
    asOf && ['As of', `position ${count(asOf.position)}`],
    definitions && [
      'Definitions',
      Object.entries(definitions)
        .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
        .join(', '),
    ],
  ].filter(Boolean);
  return h(
    'dl.facts.one',
    {},
    facts.map(([name, text]) => h('div', {}, h('dt', {}, name), h('dd', {}, text))),
  );
}

/** @param {any} rhythm */
const rhythmText = ({ peakHour, amplitude, p }) =>
  `highest about ${Math.floor(peakHour)}:${String(Math.floor((peakHour % 1) * 60)).padStart(2, '0')}, ${ratio(amplitude)} around the mean${p === null ? '' : ` (p = ${decimal(p)})`}`;

/**
 * What changed around a date.
 * @param {any} pivot
 * @returns {[string, string][]}
 */
function pivotFacts(pivot) {
  if (!pivot) return [];
  const { before, after, change } = pivot;
  const side = (/** @type {any} */ { mean, n, users }) =>
    `${mean === null ? '–' : signed(mean)} (n = ${count(n)}, ${count(users)} users)`;
  return [
    ['Before', side(before)],
    ['After', side(after)],
    [
      'Change of each user',
      change.mean === null
        ? `${count(change.n)} users on both sides: too few`
        : `${signed(change.mean)} (95 %: ${signed(change.low)} to ${signed(change.high)}, n = ${count(change.n)})`,
    ],
  ];
}

/** @param {number | null} value */
const signed = (value) => (value === null ? '–' : `${value > 0 ? '+' : ''}${value.toPrecision(3)}`);
