import * as fc from 'fast-check';
import { felt, registered, reportOn, userOf } from '../../../../test/support/report-facts.js';
import type { UserFacts } from '../user-facts.js';
import { moodReport } from './mood.report.js';

const report = (users: readonly UserFacts[], sent: Record<string, unknown>) =>
  reportOn(moodReport, users, sent);

/** Stands for null. */
const NONE = -99;
const VALENCES: Record<string, number> = { joy: 0.76, sadness: -0.63, neutral: 0 };

interface Observed {
  emotion: string;
  intensity: number;
  /** Unique among all: minutes since a Monday. */
  at: number;
  sessionId: string | null;
}

const people = fc.array(
  fc.uniqueArray(
    fc.record({
      emotion: fc.constantFrom('joy', 'sadness', 'neutral', 'mud'),
      intensity: fc.nat({ max: 1_000 }).map((value) => value / 1_000),
      at: fc.nat({ max: 20 * 1_440 }),
      sessionId: fc.constantFrom(null, 'a', 'b'),
    }),
    { selector: ({ at }) => at, maxLength: 60, size: 'max' },
  ),
  { maxLength: 5 },
);

const MONDAY = Date.parse('2026-05-04');

function factsOf(observed: readonly Observed[]) {
  return observed.map(({ emotion, intensity, at, sessionId }) =>
    felt(emotion, intensity, MONDAY + at * 60_000, { sessionId }),
  );
}

/** Items by week and weekday, which is by day, from the definitions, in floating point. */
function naive(drawn: readonly (readonly Observed[])[]) {
  const days = [...new Set(drawn.flat().map(({ at }) => Math.floor(at / 1_440)))];
  return days
    .toSorted((a, b) => a - b)
    .map((day) => {
      const values: number[] = [];
      const changes: number[] = [];
      let unmapped = 0;
      for (const person of drawn) {
        const here = person
          .filter(({ at }) => Math.floor(at / 1_440) === day)
          .toSorted((a, b) => a.at - b.at);
        const mapped = here.filter(({ emotion }) => emotion !== 'mud');
        unmapped += here.length - mapped.length;
        values.push(...mapped.map(valueOf));
        for (const session of [null, 'a', 'b']) {
          const series = mapped.filter(({ sessionId }) => sessionId === session).map(valueOf);
          changes.push(...series.slice(1).map((value, i) => value - series[i]!));
        }
      }
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return {
        n: values.length,
        pairs: changes.length,
        unmapped,
        mean: values.length === 0 ? NONE : mean,
        sd: values.length < 2 ? NONE : Math.sqrt(spread / (values.length - 1)),
        rmssd:
          changes.length === 0
            ? NONE
            : Math.sqrt(changes.reduce((sum, change) => sum + change ** 2, 0) / changes.length),
      };
    });
}

function valueOf({ emotion, intensity }: Observed): number {
  return (VALENCES[emotion] ?? NaN) * intensity;
}

describe('mood by bucket and group', () => {
  it('is what a naive computation gives, whatever the order and the parts of the facts', () => {
    fc.assert(
      fc.property(people, (drawn) => {
        const users = drawn.map((observed, i) => userOf(`u${i}`, registered(0), ...factsOf(observed)));
        const { items, summary } = report(users, { groupBy: ['weekday'], bucket: 'week' });
        const expected = naive(drawn);
        expect(items.map(({ n, pairs, unmapped }) => [n, pairs, unmapped])).toEqual(
          expected.map(({ n, pairs, unmapped }) => [n, pairs, unmapped]),
        );
        for (const [i, { mean, sd, rmssd }] of expected.entries()) {
          expect(items[i]!['mean'] ?? NONE).toBeCloseTo(mean, 12);
          expect(items[i]!['sd'] ?? NONE).toBeCloseTo(sd, 9);
          expect(items[i]!['rmssd'] ?? NONE).toBeCloseTo(rmssd, 9);
        }
        for (const center of ['none', 'user']) {
          const sent = { groupBy: ['weekday'], bucket: 'week', center };
          const shuffled = users.toReversed().map((user) => ({ ...user, facts: user.facts.toReversed() }));
          expect(JSON.stringify(report(shuffled, sent))).toBe(JSON.stringify(report(users, sent)));
        }
        expect(summary).toMatchObject({
          unmapped: drawn.flat().filter(({ emotion }) => emotion === 'mud').length,
        });
      }),
      { numRuns: 60 },
    );
  });
});
