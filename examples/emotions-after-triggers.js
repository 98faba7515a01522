// Which emotions follow which triggers, over all users: one row per pair.
// npm run --silent edgesoul -- replay --fold examples/emotions-after-triggers.js --types emotion.observed
/** @type {import('edgesoul-store/replay').FoldDefinition<{ count: number, strongest: number }>} */
export default {
  name: 'emotions-after-triggers',
  key: ({ type, data }) =>
    type === 'emotion.observed' ? data.triggers.map((trigger) => `${trigger} → ${data.emotion}`) : undefined,
  fold: (row, { type, data }) => {
    if (type !== 'emotion.observed') return row;
    return {
      count: (row?.count ?? 0) + 1,
      strongest: Math.max(row?.strongest ?? 0, data.intensity),
    };
  },
};
