import { speak } from '../app/speak.js';
import { bucketLabel, short } from '../dom/format.js';
import { h } from '../dom/h.js';
import { resolved } from './colors.js';
import { endLabels, labelRoom } from './end-labels.js';
import { hatchPartial } from './hatch.js';
import { keysOf } from './keys.js';
import { legend } from './legend.js';
import { stacked } from './series.js';

/** @type {typeof import('uplot')} From a script of its own: the library's module is not minified. */
const uPlot = /** @type {any} */ (globalThis).uPlot;

/**
 * @typedef {object} ChartParts
 * @property {string} label what the chart shows, for those who hear it
 * @property {import('./series.js').Bucket[]} buckets
 * @property {import('./series.js').Series[]} series
 * @property {string} bucket
 * @property {'stack' | 'lines'} kind
 * @property {(value: number | null) => string} [format]
 * @property {number} [height]
 * @property {[number | null, number | null]} [bounds] of the y axis
 * @property {(first: number, last: number) => void} [onBrush] indexes of buckets
 * @property {() => void} [onZoomOut]
 * @property {number[]} [marks] indexes of buckets with a vertical line
 */

/** Bars are drawn while each has at least this width, in px; areas below it. */
const MIN_BAR_WIDTH = 5;
/** A chart that is wider than this names its lines where they end, px. */
const NAMED_WIDTH = 520;

/**
 * A chart over calendar buckets. The x axis counts buckets, so that hours and days that a clock skips or
 * repeats are in their place, whatever the zone of the browser.
 * @param {ChartParts} parts
 * @returns {{ element: HTMLElement, leave: () => void }}
 */
export function timeChart(parts) {
  const { label, buckets, series, kind, format = short, height = 220 } = parts;
  const shown = new Set(series.map(({ key }) => key));
  const plot = h('div.plot', {
    tabindex: '0',
    role: 'group',
    'aria-label': `${label}. Arrow keys read the values.`,
    style: { '--height': `${height}px` },
  });
  const values = legend(series, format, (key) => {
    if (!shown.delete(key)) shown.add(key);
    rebuild();
  });
  const element = h('div.chart', {}, plot, values.element);
  /** @type {any} */
  let chart;

  const tell = () => {
    const i = chart?.cursor.idx ?? null;
    const bucket = buckets[i ?? buckets.length - 1];
    if (!bucket) return;
    const title =
      bucketLabel(bucket.startLocal, parts.bucket, true) + (bucket.partial ? ', not complete' : '');
    values.show(title, i ?? buckets.length - 1, shown);
  };
  const rebuild = () => {
    const { width } = plot.getBoundingClientRect();
    if (width === 0) return;
    const cursor = chart?.cursor.idx ?? null;
    chart?.destroy();
    plot.replaceChildren();
    const visible = series.filter(({ key }) => shown.has(key));
    chart = new uPlot(
      optionsOf({ ...parts, series: visible }, width, tell),
      dataOf(visible, buckets.length, kind),
      plot,
    );
    if (cursor !== null) chart.setCursor({ left: chart.valToPos(cursor, 'x'), top: 0 });
    tell();
  };
  plot.addEventListener(
    'keydown',
    keysOf(() => chart, { ...parts, said: () => speak(values.text()) }),
  );
  const observer = new ResizeObserver(() => {
    if (chart && Math.abs(chart.width - plot.clientWidth) < 1) return;
    rebuild();
  });
  observer.observe(plot);
  const repaint = () => rebuild();
  addEventListener('themechange', repaint);
  return {
    element,
    leave() {
      observer.disconnect();
      removeEventListener('themechange', repaint);
      chart?.destroy();
    },
  };
}

/**
 * The top of a stack is drawn first, and what is below it over it.
 * @param {import('./series.js').Series[]} series
 * @param {number} length
 * @param {string} kind
 * @returns {any}
 */
function dataOf(series, length, kind) {
  const x = Array.from({ length }, (_, i) => i);
  return [x, ...(kind === 'stack' ? stacked(series).toReversed() : series.map(({ values }) => values))];
}

/**
 * @param {ChartParts} parts
 * @param {number} width
 * @param {() => void} tell
 * @returns {uPlot.Options}
 */
function optionsOf(
  { buckets, series, kind, bucket, height = 220, bounds, onBrush, onZoomOut, marks = [], format },
  width,
  tell,
) {
  const endRoom = kind === 'lines' && width > NAMED_WIDTH ? labelRoom(series) : 20;
  const bars = kind === 'stack' && (width - 60) / buckets.length >= MIN_BAR_WIDTH;
  const drawn = kind === 'stack' ? series.toReversed() : series;
  return {
    width,
    height,
    padding: [10, endRoom, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: kind === 'lines', size: 7 },
      drag: { x: Boolean(onBrush), y: false, setScale: false },
      bind: { dblclick: () => zoomOut(onZoomOut) },
    },
    scales: {
      x: { time: false, range: [-0.5, Math.max(0.5, buckets.length - 0.5)] },
      y: {
        range: (/** @type {any} */ _u, /** @type {number} */ low, /** @type {number} */ high) =>
          yRange(low, high, kind, bounds),
      },
    },
    axes: [xAxis(buckets, bucket), yAxis(format, drawn)],
    series: [{}, ...drawn.map(({ color, label }) => seriesLook(color, label, kind, bars))],
    hooks: {
      setCursor: [tell],
      setSelect: [(/** @type {any} */ chart) => brush(chart, buckets.length, onBrush)],
      draw: [
        (/** @type {any} */ chart) => {
          hatchPartial(chart, buckets, marks);
          if (kind === 'lines' && width > NAMED_WIDTH) endLabels(chart, series, endRoom);
        },
      ],
      ready: [touchable],
    },
  };
}

/**
 * @param {(() => void) | undefined} onZoomOut
 * @returns {() => null}
 */
const zoomOut = (onZoomOut) => () => {
  onZoomOut?.();
  return null;
};

/**
 * @param {number} low
 * @param {number} high
 * @param {string} kind
 * @param {[number | null, number | null]} [bounds]
 * @returns {[number, number]}
 */
function yRange(low, high, kind, bounds) {
  if (bounds) return [bounds[0] ?? Math.min(0, low ?? 0), bounds[1] ?? Math.max(high ?? 1, 0)];
  const top = Math.max(high ?? 0, 0);
  const bottom = kind === 'stack' ? 0 : Math.min(low ?? 0, 0);
  const room = (top - bottom) * 0.05;
  return [bottom === 0 ? 0 : bottom - room, top === bottom ? bottom + 1 : top + room];
}

/**
 * @param {string} color
 * @param {string} label
 * @param {string} kind
 * @param {boolean} bars
 */
function seriesLook(color, label, kind, bars) {
  const ink = () => resolved(color);
  if (kind === 'lines')
    return { label, stroke: ink, width: 2, points: { show: onlyPoint, size: 6, fill: ink }, spanGaps: false };
  // The ground shows between the layers: they can be told apart without their colours.
  const paths = bars ? uPlot.paths.bars?.({ size: [0.86, 72] }) : uPlot.paths.linear?.();
  return { label, fill: ink, stroke: ground, width: 1, points: { show: false }, ...(paths ? { paths } : {}) };
}

const ground = () => resolved('--ground');

/**
 * A value without neighbours has no line: it is shown as a point.
 * @param {any} chart
 * @param {number} seriesIndex
 */
function onlyPoint(chart, seriesIndex) {
  const values = chart.data[seriesIndex] ?? [];
  return (
    values.length <= 40 ||
    values.some(
      (/** @type {any} */ v, /** @type {number} */ i) =>
        v != null && values[i - 1] == null && values[i + 1] == null,
    )
  );
}

/**
 * @param {import('./series.js').Bucket[]} buckets
 * @param {string} bucket
 */
function xAxis(buckets, bucket) {
  return {
    stroke: () => resolved('--quiet'),
    font: '12px system-ui, sans-serif',
    size: 28,
    gap: 4,
    space: 76,
    grid: { show: false },
    ticks: { stroke: () => resolved('--line'), size: 4, width: 1 },
    incrs: [1, 2, 3, 4, 6, 7, 12, 14, 24, 28, 52, 60, 100, 200, 500, 1000, 5000],
    values: (/** @type {any} */ _u, /** @type {number[]} */ splits) =>
      splits.map((i) =>
        Number.isInteger(i) && buckets[i] ? bucketLabel(buckets[i].startLocal, bucket) : '',
      ),
  };
}

/** Steps between the labels of whole numbers: a half of a turn would be labelled as one. */
const WHOLE_STEPS = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power)).flat();

/**
 * @param {((value: number | null) => string) | undefined} format
 * @param {{ values: (number | null)[] }[]} series
 */
function yAxis(format = short, series) {
  const isWhole = series.every(({ values }) => values.every((n) => n === null || Number.isInteger(n)));
  return {
    ...(isWhole && { incrs: WHOLE_STEPS }),
    stroke: () => resolved('--quiet'),
    font: '12px system-ui, sans-serif',
    size: 48,
    gap: 6,
    space: 40,
    grid: { stroke: () => resolved('--line'), width: 1 },
    ticks: { show: false },
    values: (/** @type {any} */ _u, /** @type {number[]} */ splits) => splits.map((value) => format(value)),
  };
}

/**
 * @param {any} chart
 * @param {number} length
 * @param {((first: number, last: number) => void) | undefined} onBrush
 */
function brush(chart, length, onBrush) {
  const { left, width } = chart.select;
  if (!onBrush || width < 6) return;
  const at = (/** @type {number} */ x) =>
    Math.min(length - 1, Math.max(0, Math.round(chart.posToVal(x, 'x'))));
  chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  onBrush(at(left), at(left + width));
}

/**
 * A finger moves the crosshair too.
 * @param {any} chart
 */
function touchable(chart) {
  const move = (/** @type {TouchEvent} */ event) => {
    const [touch] = event.touches;
    if (touch) chart.setCursor({ left: touch.clientX - chart.over.getBoundingClientRect().left, top: 0 });
  };
  chart.over.addEventListener('touchstart', move, { passive: true });
  chart.over.addEventListener('touchmove', move, { passive: true });
}
