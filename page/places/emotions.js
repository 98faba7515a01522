import { reportParams } from '../app/question.js';
import { timeChart } from '../chart/chart.js';
import { emotionColor } from '../chart/colors.js';
import { heatMap } from '../chart/heat-map.js';
import { seriesOf, seriesTable } from '../chart/series.js';
import { spark } from '../chart/spark.js';
import { count, ratio, share } from '../dom/format.js';
import { h } from '../dom/h.js';
import { choice } from '../parts/choice.js';
import { observe } from '../parts/first-commands.js';
import { Panel, panelGroup } from '../parts/panel.js';
import { tableView } from '../parts/table.js';
import { zoomOver } from '../parts/zoom.js';

/** @typedef {import('../app/question.js').Question} Question */

/** @type {Record<string, { field: string, format: (value: number | null | undefined) => string }>} */
const MEASURES = {
  count: { field: 'count', format: count },
  share: { field: 'share', format: share },
  intensity: { field: 'meanIntensity', format: ratio },
};
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** What all or some users feel, over time, by hour of the day, and why. */
export default function emotions() {
  const view = choice('Kind of chart', 'view', [
    ['stack', 'Stacked'],
    ['lines', 'Lines'],
  ]);
  const measure = choice('Measure', 'measure', [
    ['count', 'Count'],
    ['share', 'Share'],
    ['intensity', 'Intensity'],
  ]);
  const group = panelGroup([overTime([measure.element, view.element]), byEmotion(), byHour(), byTrigger()]);
  const [first, second, hours, triggers] = group.elements;
  return {
    element: h(
      'div.place',
      {},
      h('h1.hidden', {}, 'Emotions'),
      first,
      h('div.wide-narrow', {}, second, triggers),
      hours,
    ),
    /** @param {Question} question */
    update(question) {
      view.set(question.params);
      measure.set(question.params);
      return group.update(question);
    },
    leave: group.leave,
  };
}

/**
 * @param {Question} question
 * @param {Record<string, string | number>} own
 */
const request = (question, own) => ({ path: '/v1/reports/emotions', params: reportParams(question, own) });

/** @param {HTMLElement[]} controls */
function overTime(controls) {
  return new Panel({
    title: 'Emotions over time',
    size: 'tall-size',
    controls,
    requests: (question) => [request(question, { groupBy: 'emotion', fill: 'zero' })],
    empty: {
      text: 'No emotions in this range. The chat service observes one with a turn, or alone:',
      curl: observe(),
    },
    draw: ([{ items }], question) => {
      if (items.length === 0) return undefined;
      const { field, format } = MEASURES[question.params.measure ?? 'count'] ?? MEASURES.count;
      // Intensities do not add up.
      const kind = question.params.view === 'lines' || field === 'meanIntensity' ? 'lines' : 'stack';
      const data = seriesOf(items, {
        key: (item) => item.emotion,
        value: (item) => item[field],
        color: emotionColor,
      });
      const chart = timeChart({
        label: 'Emotions over time',
        ...data,
        bucket: question.bucket,
        kind,
        format,
        height: 300,
        ...(field === 'count' ? {} : { bounds: [0, 1] }),
        ...zoomOver(data.buckets, question),
      });
      return {
        view: chart.element,
        leave: chart.leave,
        table: seriesTable('Emotions over time', data, format),
      };
    },
  });
}

function byEmotion() {
  return new Panel({
    title: 'By emotion',
    requests: (question) => [
      request(question, { groupBy: 'emotion', bucket: 'all' }),
      request(question, { groupBy: 'emotion', fill: 'zero' }),
    ],
    empty: { text: 'No emotions in this range.' },
    draw: ([total, trend], { bucket }) => {
      if (total.items.length === 0) return undefined;
      const { series } = seriesOf(trend.items, {
        key: (item) => item.emotion,
        value: (item) => item.count,
        color: emotionColor,
      });
      const rows = total.items.toSorted((/** @type {any} */ a, /** @type {any} */ b) => b.count - a.count);
      return {
        view: tableView({
          caption: 'Emotions in the range',
          columns: [
            { name: 'Emotion' },
            { name: 'Count', number: true },
            { name: 'Share', number: true },
            { name: 'Mean intensity', number: true },
            { name: 'Variance', number: true },
            { name: `By ${bucket}` },
          ],
          rows: rows.map((/** @type {any} */ { emotion, ...item }) => [
            [h('i.swatch', { style: { '--c': `var(${emotionColor(emotion)})` } }), emotion],
            count(item.count),
            share(item.share),
            ratio(item.meanIntensity),
            item.variance === null ? '–' : item.variance.toFixed(3),
            spark(series.find(({ key }) => key === emotion)?.values ?? [], emotionColor(emotion)),
          ]),
        }),
      };
    },
  });
}

function byHour() {
  return new Panel({
    title: 'By hour of the day',
    note: 'shaded by share of the emotion’s busiest hour',
    requests: (question) => [request(question, { groupBy: 'emotion,hourOfDay', bucket: 'all' })],
    empty: { text: 'No emotions in this range.' },
    draw: ([{ items }]) => {
      if (items.length === 0) return undefined;
      /** @type {Map<string, number[]>} */
      const rows = new Map();
      for (const { emotion, hourOfDay, count: n } of items) {
        const hours = rows.get(emotion) ?? HOURS.map(() => 0);
        hours[hourOfDay] = n;
        rows.set(emotion, hours);
      }
      const sorted = [...rows].toSorted(([, a], [, b]) => sum(b) - sum(a));
      return {
        view: heatMap({
          caption: 'Observations by emotion and hour of the day',
          corner: 'Hour',
          columns: HOURS.map(String),
          rows: sorted.map(([label, values]) => ({ label, color: emotionColor(label), values })),
        }),
      };
    },
  });
}

/** @param {number[]} values */
const sum = (values) => values.reduce((a, b) => a + b, 0);

function byTrigger() {
  return new Panel({
    title: 'Triggers',
    note: 'the most frequent',
    requests: (question) => [request(question, { groupBy: 'emotion,trigger', bucket: 'all', top: 12 })],
    empty: { text: 'No observation in this range names a trigger.' },
    draw: ([{ items }]) => {
      const named = items
        .filter((/** @type {any} */ { trigger }) => trigger !== null)
        .toSorted((/** @type {any} */ a, /** @type {any} */ b) => b.count - a.count);
      if (named.length === 0) return undefined;
      return {
        view: tableView({
          caption: 'The most frequent triggers',
          columns: [{ name: 'Trigger' }, { name: 'Emotion' }, { name: 'Count', number: true }],
          rows: named.map((/** @type {any} */ { trigger, emotion, count: n }) => [
            trigger,
            [h('i.swatch', { style: { '--c': `var(${emotionColor(emotion)})` } }), emotion],
            count(n),
          ]),
        }),
      };
    },
  });
}
