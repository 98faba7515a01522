import { reportParams } from '../../app/question.js';
import { timeChart } from '../../chart/chart.js';
import { emotionColor } from '../../chart/colors.js';
import { seriesOf, seriesTable } from '../../chart/series.js';
import { spark } from '../../chart/spark.js';
import { count, decimal, ratio } from '../../dom/format.js';
import { h } from '../../dom/h.js';
import { observe } from '../../parts/first-commands.js';
import { Panel } from '../../parts/panel.js';
import { tableView } from '../../parts/table.js';
import { zoomOver } from '../../parts/zoom.js';
import { ofUser } from '../user.js';

/** @type {Record<string, string>} */
const ARROWS = { increasing: '↗', decreasing: '↘', stable: '→' };
const SHOWN_TRIGGERS = 4;

/** What the user feels, how often and why. */
export function makePicture() {
  return new Panel({
    title: 'Emotional picture',
    requests: (question) => [ofUser(question, '/emotions', { limit: 20 })],
    empty: ({ rest }) => ({
      text: 'No emotions yet: they come with turns, or alone:',
      curl: observe(rest),
    }),
    draw: ([{ items }]) => {
      if (items.length === 0) return undefined;
      return {
        view: tableView({
          caption: 'Emotions of the user',
          columns: [
            { name: 'Emotion' },
            { name: 'Times', number: true },
            { name: 'Intensity', number: true },
            { name: 'Trend' },
            { name: 'Hours 0–23' },
            { name: 'Triggers' },
          ],
          rows: items.map(emotionRow),
        }),
      };
    },
  });
}

/** @param {any} item */
function emotionRow({ emotion, frequency, meanIntensity, variance, trend, hours, triggers, triggerCount }) {
  const color = emotionColor(emotion);
  const sure = Math.round(trend.confidence * 100);
  return [
    [h('i.swatch', { style: { '--c': `var(${color})` } }), emotion],
    count(frequency),
    h('span', { title: `variance ${decimal(variance)}` }, ratio(meanIntensity)),
    h(
      'span.unbroken',
      { title: `${decimal(trend.slopePerDay)} a day, ${sure} % sure` },
      ARROWS[trend.direction] ?? '',
      ` ${trend.direction}`,
    ),
    spark(hours, color),
    h(
      'span.tags',
      {},
      triggers
        .slice(0, SHOWN_TRIGGERS)
        .map((/** @type {any} */ { trigger, count: n }) =>
          h('span.tag', {}, trigger, h('span.quiet', {}, ` ${n}`)),
        ),
      triggerCount > SHOWN_TRIGGERS && h('span.quiet', {}, `+${triggerCount - SHOWN_TRIGGERS}`),
    ),
  ];
}

/** The same over time. */
export function makeEmotionTrend() {
  return new Panel({
    title: 'Over time',
    size: 'chart-size',
    requests: (question) => [
      { path: '/v1/reports/emotions', params: reportParams(question, { groupBy: 'emotion', fill: 'zero' }) },
    ],
    empty: { text: 'No emotions in this range.' },
    draw: ([{ items }], question) => {
      if (items.length === 0) return undefined;
      const data = seriesOf(items, {
        key: (item) => item.emotion,
        value: (item) => item.count,
        color: emotionColor,
      });
      const chart = timeChart({
        label: 'Emotions over time',
        ...data,
        bucket: question.bucket,
        kind: 'stack',
        height: 180,
        ...zoomOver(data.buckets, question),
      });
      return {
        view: chart.element,
        leave: chart.leave,
        table: seriesTable('Emotions over time', data, count),
      };
    },
  });
}
