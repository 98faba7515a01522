import { plot } from 'simple-ascii-chart';
import { DAY_MS } from '../../../durations.js';
import type { TrendPoint } from '../answers.js';
import { paintEmotion, sideBySide } from './paint.js';
import type { Bucket } from './portrait.js';

/** One emotion's counts: one number per bar, oldest first and without gaps. */
export interface Series {
  emotion: string;
  counts: number[];
}

/** The counts of several emotions over the same period. */
export interface Course {
  series: Series[];
  /** The user's day on which the first bar begins. */
  from: string;
  /** How many buckets (days, weeks or months) one bar covers. */
  bucketsPerBar: number;
}

const MAX_BARS = 10;
const CHART_WIDTH = 32;
const PLOT_WIDTH = 25;
const MAX_ROWS = 6;
const SPARKS = '▁▂▃▄▅▆▇█';

/** The course of the given emotions. Buckets without points count 0; many buckets are merged into one bar. */
export function courseOf(points: TrendPoint[], emotions: string[], bucket: Bucket): Course {
  const indexed = points.map((point) => ({ ...point, index: bucketIndex(point.startLocal, bucket) }));
  const first = Math.min(...indexed.map((point) => point.index));
  const last = Math.max(...indexed.map((point) => point.index));
  const bucketsPerBar = Math.ceil((last - first + 1) / MAX_BARS);
  const bars = Math.ceil((last - first + 1) / bucketsPerBar);
  const series = emotions.map((emotion) => {
    const counts = Array.from({ length: bars }, () => 0);
    for (const point of indexed) {
      const bar = Math.floor((point.index - first) / bucketsPerBar);
      if (point.emotion === emotion) counts[bar] = (counts[bar] ?? 0) + point.count;
    }
    return { emotion, counts };
  });
  const from = indexed.find((point) => point.index === first)?.startLocal.slice(0, 10) ?? '';
  return { series, from, bucketsPerBar };
}

/** One bar chart per emotion, side by side and on the same scale. */
export function barCharts({ series }: Course): string[] {
  const most = Math.max(1, ...series.flatMap(({ counts }) => counts));
  return sideBySide(
    series.map((one) => barChart(one, most)),
    CHART_WIDTH,
  );
}

/** 24 hours as a row of bars. The most frequent hour is a full bar; an hour without emotions is a dot. */
export function sparkline(hours: number[]): string {
  const most = Math.max(1, ...hours);
  return hours
    .map((count) => (count === 0 ? '·' : (SPARKS[Math.ceil((count / most) * SPARKS.length) - 1] ?? '')))
    .join('');
}

function barChart({ emotion, counts }: Series, most: number): string[] {
  const step = Math.max(2, Math.floor(PLOT_WIDTH / counts.length));
  const rows = Math.min(most, MAX_ROWS);
  const chart = plot(
    counts.map((count, n) => [n + 1, count]),
    {
      width: Math.max(2, (counts.length - 1) * step + 1),
      height: rows + 1,
      yRange: [0, most],
      customYAxisTicks: most > 2 ? [Math.round(most / 2), most] : [most],
      symbols: { axis: { n: ' ', e: '─' } },
      lineFormatter: ({ y, plotX }) =>
        columnOf((y / most) * rows).flatMap((block, row) =>
          Array.from({ length: step - 1 }, (_, cell) => ({
            x: plotX + cell,
            // The plot counts its rows from 1 at the top, so the lowest block of a bar is in row `rows`.
            y: rows - row,
            symbol: paintEmotion(emotion, block),
          })),
        ),
    },
  );
  const lines = chart.split('\n').filter((line) => line.trim() !== '');
  // The row of the value 0 is always empty; without it the bars begin directly at the axis.
  lines.splice(rows, 1);
  return [paintEmotion(emotion, emotion), ...lines];
}

/** A bar of the given height from the bottom up: full blocks, and an eighth or more of one on top. */
function columnOf(height: number): string[] {
  const full = Math.floor(height);
  const eighths = Math.ceil((height - full) * SPARKS.length);
  return [...Array<string>(full).fill('█'), ...(eighths === 0 ? [] : [SPARKS[eighths - 1] ?? ''])];
}

function bucketIndex(startLocal: string, bucket: Bucket): number {
  const local = new Date(`${startLocal}Z`);
  if (bucket === 'month') return local.getUTCFullYear() * 12 + local.getUTCMonth();
  const days = Math.floor(local.getTime() / DAY_MS);
  // 1 January 1970 was a Thursday; weeks begin on Mondays.
  return bucket === 'day' ? days : Math.floor((days + 3) / 7);
}
