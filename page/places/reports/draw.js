import { timeChart } from '../../chart/chart.js';
import { emotionColor } from '../../chart/colors.js';
import { bucketsOf, seriesOf } from '../../chart/series.js';
import { count, decimal } from '../../dom/format.js';
import { h } from '../../dom/h.js';
import { tableView } from '../../parts/table.js';
import { zoomOver } from '../../parts/zoom.js';
import { clockOf, clockTable } from './clock-table.js';
import { cohortTable } from './cohort-table.js';
import { notes } from './notes.js';

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
      // The first one may be missing, as where there are too few observations.
      number: !KEYS.includes(name) && items.some((/** @type {any} */ item) => typeof item[name] === 'number'),
      sentences: name === 'reasons',
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
