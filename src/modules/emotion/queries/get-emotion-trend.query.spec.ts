import type { RowQuery } from '../../../database/row-store.js';
import { InvalidInput } from '../../../errors.js';
import type { Reads } from '../../../projections/reads/reads.js';
import type { EmotionTrendQuery } from '../emotion.dto.js';
import { GetEmotionTrend, GetEmotionTrendHandler } from './get-emotion-trend.query.js';

const HOUR = 3_600_000;

const row = (number: number) => ({
  userId: 'ada',
  occurredAt: number * HOUR,
  position: number + 1,
  utcOffset: 0,
  emotion: 'joy',
  intensity: 0.5,
});

/** The reads of a user without a profile, with this many observations, one an hour. */
const readsOf = (observations: number) => {
  const list = async (_table: unknown, { after, limit }: RowQuery) => {
    const first = after === undefined ? 0 : Number(after[1]);
    return Array.from({ length: Math.min(limit, observations - first) }, (_, i) => row(first + i));
  };
  return { get: async () => undefined, list } as unknown as Reads;
};
const trendOf = (observations: number, query: EmotionTrendQuery) =>
  new GetEmotionTrendHandler(readsOf(observations)).execute(new GetEmotionTrend('ada', query));
const refusal = (path: string, message: string) =>
  expect.objectContaining({ errors: [{ path, message: expect.stringContaining(message) as string }] });

describe('a trend with a great many observations', () => {
  it('counts every one of 250,000', async () => {
    const { items } = await trendOf(250_000, { bucket: 'day' });
    expect(items.reduce((sum, { count }) => sum + count, 0)).toBe(250_000);
  });

  it('is refused, not cut, above that', async () => {
    const answer = trendOf(250_001, { bucket: 'day' });
    await expect(answer).rejects.toThrow(InvalidInput);
    await expect(answer).rejects.toEqual(refusal('from', '250000 observations'));
  });

  it('has at most 40,000 buckets', async () => {
    expect((await trendOf(40_000, { bucket: 'hour' })).items).toHaveLength(40_000);
    await expect(trendOf(40_001, { bucket: 'hour' })).rejects.toEqual(refusal('from', '40000 buckets'));
  });
});

describe('a trend in the calendar of a zone and of an offset at once', () => {
  it('is refused', async () => {
    await expect(trendOf(1, { timeZone: 'Europe/Berlin', utcOffset: 60 })).rejects.toEqual(
      refusal('utcOffset', 'must be left out when timeZone is given'),
    );
  });
});
