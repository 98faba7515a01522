import { change } from '../app/address.js';
import { timeChart } from '../chart/chart.js';
import { eventColor } from '../chart/colors.js';
import { seriesOf, seriesTable } from '../chart/series.js';
import { count } from '../dom/format.js';
import { fill, h } from '../dom/h.js';
import { icon } from '../dom/icons.js';
import { EVENT_TYPES } from '../parts/event-types.js';
import { observe } from '../parts/first-commands.js';
import { Panel, panelGroup } from '../parts/panel.js';
import { zoomOver } from '../parts/zoom.js';
import { ONLY } from './events/only.js';
import { Tail } from './events/tail.js';

/** @typedef {import('../app/question.js').Question} Question */

/** The log: how much of what when, and every event as it comes. */
export default function events() {
  const types = typeFilter();
  const group = panelGroup([histogram()]);
  const tail = new Tail();
  return {
    element: h('div.place', {}, h('h1.hidden', {}, 'Events'), types.element, group.elements, tail.element),
    /** @param {Question} question */
    async update(question) {
      types.set(question.params);
      await Promise.all([group.update(question), tail.update(question)]);
    },
    leave() {
      group.leave();
      tail.leave();
    },
  };
}

function typeFilter() {
  /** @type {Set<string>} */
  let chosen = new Set();
  const toggle = (/** @type {string} */ type) => {
    const next = new Set(chosen);
    if (!next.delete(type)) next.add(type);
    change({ types: EVENT_TYPES.filter((each) => next.has(each)).join(',') });
  };
  const buttons = EVENT_TYPES.map((type) => ({
    type,
    button: h(
      'button.filter',
      { type: 'button', onclick: () => toggle(type) },
      h('i.swatch', { style: { '--c': `var(${eventColor(type)})` } }),
      type,
    ),
  }));
  const only = h('span.only');
  return {
    element: h(
      'div.filters',
      { role: 'group', 'aria-label': 'Types of events; none chosen: all' },
      only,
      buttons.map(({ button }) => button),
    ),
    /** @param {Record<string, string>} params */
    set(params) {
      fill(
        only,
        Object.keys(ONLY).flatMap((param) => (params[param] ? [onlyChip(param, params[param])] : [])),
      );
      chosen = new Set(params.types ? params.types.split(',') : []);
      for (const { type, button } of buttons) button.setAttribute('aria-pressed', String(chosen.has(type)));
    },
  };
}

/**
 * Says that only some events are listed, and lists all again.
 * @param {string} param
 * @param {string} value
 */
const onlyChip = (param, value) =>
  h(
    'button.filter',
    {
      type: 'button',
      'aria-pressed': 'true',
      title: 'List all again',
      onclick: () => change({ [param]: undefined }),
    },
    `${ONLY[param]?.name} ${value}`,
    icon('close'),
  );

function histogram() {
  return new Panel({
    title: 'Events over time',
    note: 'drag to choose a range',
    size: 'short-size',
    requests: ({ params, users, bucket, from, to, zone, asOf }) => [
      {
        path: '/v1/events/histogram',
        params: {
          types: params.types,
          users,
          bucket,
          from,
          to,
          timeZone: zone === 'UTC' ? undefined : zone,
          asOf: asOf?.position,
          fill: 'zero',
        },
      },
    ],
    empty: { text: 'No events in this range. Every command makes some, such as:', curl: observe() },
    draw: ([{ items }], question) => {
      if (items.length === 0) return undefined;
      const data = seriesOf(items, {
        key: (item) => item.type,
        value: (item) => item.count,
        color: eventColor,
      });
      const chart = timeChart({
        label: 'Events over time',
        ...data,
        bucket: question.bucket,
        kind: 'stack',
        height: 160,
        ...zoomOver(data.buckets, question),
      });
      return { view: chart.element, leave: chart.leave, table: seriesTable('Events over time', data, count) };
    },
  });
}
