/**
 * What keys do in a chart: arrows move the crosshair, with Shift they select, Enter zooms in, Escape out.
 * @param {() => any} chartOf
 * @param {{ buckets: unknown[], said: () => void, onBrush?: (first: number, last: number) => void, onZoomOut?: () => void }} parts
 */
export function keysOf(chartOf, { buckets, said, onBrush, onZoomOut }) {
  /** @type {number | undefined} where a selection began */
  let anchor;
  /**
   * @param {any} chart
   * @param {number} to
   * @param {boolean} selects
   */
  const move = (chart, to, selects) => {
    anchor = selects ? (anchor ?? chart.cursor.idx ?? to) : undefined;
    chart.setCursor({ left: chart.valToPos(to, 'x'), top: 0 });
    select(chart, anchor, to);
    said();
  };
  /**
   * @param {string} key
   * @param {number | null} at
   */
  const zoom = (key, at) => {
    if (key === 'Escape') onZoomOut?.();
    else if (key === 'Enter' && anchor !== undefined && at !== null)
      onBrush?.(Math.min(anchor, at), Math.max(anchor, at));
    else return false;
    return true;
  };
  /** @param {KeyboardEvent} event */
  return (event) => {
    const chart = chartOf();
    if (!chart || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = chart.cursor.idx ?? null;
    const to = target(event.key, at, buckets.length - 1);
    if (to !== undefined) move(chart, to, event.shiftKey);
    else if (!zoom(event.key, at)) return;
    event.preventDefault();
    event.stopPropagation();
  };
}

/**
 * The bucket to which a key moves.
 * @param {string} key
 * @param {number | null} at
 * @param {number} last
 */
function target(key, at, last) {
  if (key === 'ArrowLeft') return Math.max(0, (at ?? last + 1) - 1);
  if (key === 'ArrowRight') return Math.min(last, (at ?? -1) + 1);
  if (key === 'Home') return 0;
  return key === 'End' ? last : undefined;
}

/**
 * @param {any} chart
 * @param {number | undefined} from
 * @param {number} to
 */
function select(chart, from, to) {
  const [low, high] = from === undefined ? [0, 0] : [Math.min(from, to) - 0.5, Math.max(from, to) + 0.5];
  const left = chart.valToPos(low, 'x');
  const width = from === undefined ? 0 : chart.valToPos(high, 'x') - left;
  chart.setSelect({ left, width, top: 0, height: chart.over.clientHeight }, false);
}
