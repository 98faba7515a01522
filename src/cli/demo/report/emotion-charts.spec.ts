import { barCharts, courseOf, sparkline } from './emotion-charts.js';

const felt = (startLocal: string, emotion: string, count: number) => ({
  startLocal,
  emotion,
  count,
  meanIntensity: 0.5,
});

describe('courseOf', () => {
  it('counts a week without emotions as 0', () => {
    const points = [felt('2026-03-02T00:00:00', 'joy', 2), felt('2026-03-16T00:00:00', 'joy', 5)];
    expect(courseOf(points, ['joy', 'fear'], 'week')).toEqual({
      series: [
        { emotion: 'joy', counts: [2, 0, 5] },
        { emotion: 'fear', counts: [0, 0, 0] },
      ],
      from: '2026-03-02',
      bucketsPerBar: 1,
    });
  });

  it('merges many months into at most ten bars', () => {
    const points = [felt('2020-01-01T00:00:00', 'joy', 1), felt('2024-06-01T00:00:00', 'joy', 1)];
    const { series, bucketsPerBar } = courseOf(points, ['joy'], 'month');
    expect(bucketsPerBar).toBe(6);
    expect(series[0]?.counts).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 1]);
  });
});

describe('barCharts', () => {
  it('draws all emotions on the same scale', () => {
    const chart = barCharts({
      series: [
        { emotion: 'fear', counts: [4, 1] },
        { emotion: 'joy', counts: [0, 2] },
      ],
      from: '',
      bucketsPerBar: 1,
    }).join('\n');
    expect(chart).toMatch(/^fear +joy\n4┤█+/);
  });
});

describe('sparkline', () => {
  it('shows the most frequent hour as a full bar, and an hour without emotions as a dot', () => {
    expect(sparkline([0, 1, 8])).toBe('·▁█');
  });
});
