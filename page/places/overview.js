import { linkTo } from '../app/address.js';
import { reportParams } from '../app/question.js';
import { timeChart } from '../chart/chart.js';
import { emotionColor } from '../chart/colors.js';
import { bucketsOf, seriesOf, seriesTable } from '../chart/series.js';
import { count, short } from '../dom/format.js';
import { h } from '../dom/h.js';
import { FIRST_TURN } from '../parts/first-commands.js';
import { Panel, panelGroup } from '../parts/panel.js';
import { tilesView } from '../parts/tiles.js';
import { zoomOver } from '../parts/zoom.js';
import { makeServiceNow } from './overview/service-now.js';

/** @typedef {import('../app/question.js').Question} Question */

/** How the store is, on one screen. */
export default function overview() {
  const service = makeServiceNow();
  const group = panelGroup([numbers(), turns(), active(), emotions(), service.panel]);
  const [first, ...rest] = group.elements;
  return {
    element: h('div.place', {}, h('h1.hidden', {}, 'Overview'), first, h('div.two', {}, rest)),
    update: group.update,
    leave() {
      service.leave();
      group.leave();
    },
  };
}

/** @param {Question} question */
const ever = ({ users, asOf }) => ({
  path: '/v1/reports/usage',
  params: { bucket: 'all', users, asOf: asOf?.position },
});
/** @param {Question} question */
const inRange = (question) => usage(question, { bucket: 'all' });

function numbers() {
  return new Panel({
    title: 'In numbers',
    requests: (question) => [ever(question), inRange(question)],
    empty: { text: 'The store is empty. Record a first turn, and it shows here:', curl: FIRST_TURN },
    draw: ([all, range], question) => {
      const total = all.items[0];
      if (!total || total.newUsers === 0) return undefined;
      const part = range.items[0] ?? {};
      const request = inRange(question);
      const when = question.from || question.to ? 'in the range' : 'all time';
      const one = (/** @type {string} */ name, /** @type {string} */ field, note = when) => ({
        name,
        value: count(part[field] ?? 0),
        note,
        request,
      });
      return {
        view: tilesView([
          { name: 'Users', value: count(total.newUsers), note: 'all time', request: ever(question) },
          one('Active users', 'activeUsers'),
          one(
            'Turns',
            'turns',
            part.activeUsers ? `${count(part.turns / part.activeUsers)} per active user` : when,
          ),
          one(
            'Sessions',
            'sessions',
            part.sessions ? `${count(part.turns / part.sessions)} turns each` : when,
          ),
          one('Emotions', 'emotions'),
          one('Memories formed', 'memoriesFormed', `${count(part.memoriesForgotten ?? 0)} forgotten`),
        ]),
      };
    },
  });
}

function turns() {
  return new Panel({
    title: 'Turns',
    size: 'chart-size',
    requests: (question) => [usage(question, { fill: 'zero' })],
    empty: { text: 'No turns in this range.' },
    draw: ([{ items }], question) =>
      items.length === 0
        ? undefined
        : usageChart({ label: 'Turns', kind: 'stack' }, items, question, [
            { field: 'turns', label: 'turns', color: '--other-1' },
          ]),
  });
}

function active() {
  return new Panel({
    title: 'Active and new users',
    size: 'chart-size',
    requests: (question) => [usage(question, { fill: 'zero' })],
    empty: { text: 'No users in this range.' },
    draw: ([{ items }], question) =>
      items.length === 0
        ? undefined
        : usageChart({ label: 'Active and new users', kind: 'lines' }, items, question, [
            { field: 'activeUsers', label: 'active', color: '--disgust' },
            { field: 'newUsers', label: 'new', color: '--love' },
          ]),
  });
}

function emotions() {
  return new Panel({
    title: 'Emotions',
    size: 'chart-size',
    controls: h('a.more', { href: linkTo('emotions') }, 'More'),
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
        label: 'Emotions',
        ...data,
        bucket: question.bucket,
        kind: 'stack',
        ...zoomOver(data.buckets, question),
      });
      return { view: chart.element, leave: chart.leave, table: seriesTable('Emotions', data, count) };
    },
  });
}

/**
 * @param {Question} question
 * @param {Record<string, string>} own
 */
const usage = (question, own) => ({ path: '/v1/reports/usage', params: reportParams(question, own) });

/**
 * @param {{ label: string, kind: 'stack' | 'lines' }} how
 * @param {any[]} items
 * @param {Question} question
 * @param {{ field: string, label: string, color: string }[]} fields
 */
function usageChart({ label, kind }, items, question, fields) {
  const buckets = bucketsOf(items);
  const series = fields.map(({ field, label: name, color }) => ({
    key: field,
    label: name,
    color,
    values: items.map((item) => item[field]),
  }));
  const chart = timeChart({
    label,
    buckets,
    series,
    bucket: question.bucket,
    kind,
    format: short,
    ...zoomOver(buckets, question),
  });
  return { view: chart.element, leave: chart.leave, table: seriesTable(label, { buckets, series }, count) };
}
