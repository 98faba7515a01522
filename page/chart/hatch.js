import { resolved } from './colors.js';

/** Distance of two lines of the hatch, in px of the canvas. */
const STEP = 7;

/**
 * Hatches the buckets that are cut off or not over yet, and draws the marks.
 * @param {any} chart
 * @param {import('./series.js').Bucket[]} buckets
 * @param {number[]} marks
 */
export function hatchPartial(chart, buckets, marks) {
  const { ctx } = chart;
  const { left, top, width, height } = chart.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = resolved('--ground');
  for (const [i, { partial }] of buckets.entries()) {
    if (partial)
      hatch(ctx, {
        from: chart.valToPos(i - 0.5, 'x', true),
        to: chart.valToPos(i + 0.5, 'x', true),
        top,
        height,
      });
  }
  ctx.strokeStyle = resolved('--accent');
  ctx.setLineDash([4, 4]);
  for (const i of marks) {
    const x = chart.valToPos(i - 0.5, 'x', true);
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
  }
  ctx.restore();
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {{ from: number, to: number, top: number, height: number }} area
 */
function hatch(ctx, { from, to, top, height }) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(from, top, to - from, height);
  ctx.clip();
  ctx.beginPath();
  for (let x = from - height; x < to; x += STEP) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}
