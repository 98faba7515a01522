import { change } from '../app/address.js';

/**
 * What a brush over a chart does: the selected buckets become the range of everything.
 * @param {import('../chart/series.js').Bucket[]} buckets
 * @param {import('../app/question.js').Question} question
 */
export function zoomOver(buckets, { bucket, to }) {
  const startOf = (/** @type {import('../chart/series.js').Bucket | undefined} */ each) =>
    bucket === 'hour' ? each?.start : each?.startLocal.slice(0, 10);
  return {
    onBrush: (/** @type {number} */ first, /** @type {number} */ last) =>
      change({ range: undefined, from: startOf(buckets[first]), to: startOf(buckets[last + 1]) ?? to }),
    onZoomOut: () => change({ range: undefined, from: undefined, to: undefined }),
  };
}
