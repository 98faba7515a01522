import { heatMap } from '../../chart/heat-map.js';
import { bucketsOf } from '../../chart/series.js';
import { bucketLabel, count, ratio } from '../../dom/format.js';
import { h } from '../../dom/h.js';

/** Groups that are a place on a clock or in a week: their names, and the value of the first. */
const CLOCKS = /** @type {Record<string, { first: number, names: string[] }>} */ ({
  hourOfDay: { first: 0, names: Array.from({ length: 24 }, (_, hour) => String(hour)) },
  weekday: { first: 1, names: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] },
});

/** Shades do not exaggerate differences below this one. */
const SMALLEST_SCALE = 0.1;

/**
 * The group of a report that is best seen as the columns of a table.
 * @param {any} report
 */
export const clockOf = ({ query }) =>
  query?.groupBy?.length === 1 ? Object.keys(CLOCKS).find((name) => name === query.groupBy[0]) : undefined;

/**
 * A report by hour of the day or by weekday: a row for each bucket, a column for each hour or weekday.
 * @param {any} report
 * @param {string} clock
 * @param {string} bucket
 */
export function clockTable({ report, items }, clock, bucket) {
  const { first, names } = CLOCKS[clock];
  const isMood = report === 'mood';
  const format = (/** @type {number | null} */ value) => (isMood ? ratio(value) : count(value));
  const rows = bucketsOf(items).map(({ start, startLocal, partial }) => {
    const cells = names.map((_, i) =>
      items.find((/** @type {any} */ item) => item.start === start && item[clock] === first + i),
    );
    const label = bucketLabel(startLocal, bucket, true);
    return {
      label,
      partial: partial === true,
      values: cells.map((item) => (isMood ? item?.mean : item?.count) ?? null),
      titles: cells.map((item, i) => {
        const n = item?.n ?? item?.count;
        return (
          item && `${label}, ${names[i]}: ${isMood ? `${ratio(item.mean)} of ` : ''}${count(n)} observations`
        );
      }),
      ...(isMood ? {} : { color: '--other-1' }),
    };
  });
  const means = rows.flatMap(({ values }) => values.map((value) => Math.abs(value ?? 0)));
  const table = heatMap({
    caption: isMood ? 'Mean valence, -1 to 1' : 'Observations',
    corner: clock === 'hourOfDay' ? 'Hour' : 'Weekday',
    columns: names,
    rows,
    format,
    wide: clock === 'hourOfDay',
    ...(isMood ? { largest: Math.max(SMALLEST_SCALE, ...means) } : {}),
  });
  const scale = isMood
    ? 'Mean valence, -1 to 1: orange above 0, blue below. The table view has the number of observations.'
    : 'Observations, shaded by share of the largest of the row.';
  return [h('p.quiet', {}, scale), table];
}
