import * as fc from 'fast-check';
import { felt, registered, reportOn, turn, userOf } from '../../../../test/support/report-facts.js';
import { DAY_MS } from '../../calendar.js';
import type { UserFacts } from '../user-facts.js';
import type { CohortPeriod } from './cohort.js';
import { cohortsReport } from './cohorts.report.js';

interface CohortItem {
  cohort: string;
  size: number;
  periods: CohortPeriod[];
}

function report(users: readonly UserFacts[], sent: Record<string, unknown>, now = '2026-06-01T00:00Z') {
  const { items, summary } = reportOn(cohortsReport, users, sent, now);
  return { items: items as unknown as CohortItem[], summary: summary as Omit<CohortItem, 'cohort'> };
}

const counts = (item: CohortItem | undefined) =>
  item?.periods.map(({ complete, users }) => `${users}/${complete}`).join(' ');

describe('the report on cohorts', () => {
  const users = [
    // Joins on a Wednesday; comes back on days 1, 1, 3 and 9.
    userOf(
      'ann',
      registered('2026-05-06T10:00Z'),
      ...['07T01', '07T23', '09T12', '15T12'].map((time) => turn(`2026-05-${time}:00Z`)),
    ),
    // Never comes back.
    userOf('bob', registered('2026-05-10T23:59Z'), turn('2026-05-10T23:59Z')),
    userOf('eve', registered('2026-05-11T00:00Z'), turn('2026-05-12T00:00Z')),
  ];

  it('counts users by the week in which they joined, and periods from their own first day', () => {
    const own = { period: 'day', periods: 3 };
    const { items, summary } = report(users, own);
    expect(items.map(({ cohort, size }) => [cohort, size])).toEqual([
      ['2026-05-04', 2],
      ['2026-05-11', 1],
    ]);
    expect(items.map(counts)).toEqual(['1/2 1/2 0/2 1/2', '0/1 1/1 0/1 0/1']);
    expect(summary.size).toBe(3);
    expect(summary.periods[1]).toEqual({ period: 1, complete: 3, users: 2, rate: 2 / 3 });
  });

  it('starts weeks on the day that is asked', () => {
    const { items } = report(users, { weekStart: 'saturday' });
    expect(items.map(({ cohort, size }) => [cohort, size])).toEqual([
      ['2026-05-02', 1],
      ['2026-05-09', 2],
    ]);
  });

  it.each([
    ['classic', '0/1 1/1 0/1 1/1 0/1'],
    ['rolling', '1/1 1/1 1/1 1/1 1/1'],
    ['cumulative', '0/1 1/1 1/1 1/1 1/1'],
  ])('knows the method %s', (method, expected) => {
    const own = { period: 'day', periods: 4, cohortBy: 'day', method };
    expect(counts(report(users, own).items[0])).toBe(expected);
  });

  it('asks for minReturns turns in one period', () => {
    const own = { period: 'day', periods: 3, minReturns: 2, cohortBy: 'day' };
    expect(counts(report(users, own).items[0])).toBe('0/1 1/1 0/1 0/1');
  });

  it('has only users whose period is over in the denominator', () => {
    const own = { period: 'day', periods: 3 };
    // Ann's day 3 is 9 May; Bob's day 1 is 11 May.
    expect(counts(report(users.slice(0, 2), own, '2026-05-11T23:59Z').items[0])).toBe('1/2 1/1 0/1 1/1');
    expect(counts(report(users.slice(0, 2), own, '2026-05-12T00:00Z').items[0])).toBe('1/2 1/2 0/1 1/1');
    const [young] = report(users.slice(2), own, '2026-05-11T12:00Z').items;
    expect(young?.periods[0]).toEqual({ period: 0, complete: 0, users: 0, rate: null });
  });

  it("takes days in the zone of the report, and each user's own for timeZone=event", () => {
    // 2026-05-11 in Shanghai (UTC+8), 2026-05-10 in UTC.
    const late = [userOf('li', registered('2026-05-10T17:00Z', 480), turn('2026-05-11T15:00Z', 480))];
    const own = { period: 'day', periods: 1, cohortBy: 'day' };
    const cohorts = (timeZone: string, now?: string) => report(late, { timeZone, ...own }, now).items[0];
    expect(cohorts('UTC')).toMatchObject({ cohort: '2026-05-10' });
    expect(counts(cohorts('UTC'))).toBe('0/1 1/1');
    expect(cohorts('Asia/Shanghai')).toMatchObject({ cohort: '2026-05-11' });
    expect(counts(cohorts('Asia/Shanghai', '2026-05-12T15:59:59Z'))).toBe('1/1 0/0');
    expect(counts(cohorts('Asia/Shanghai', '2026-05-12T16:00:00Z'))).toBe('1/1 0/1');
    // Over everywhere: the date line's last day ends at 12:00 UTC.
    expect(counts(cohorts('event', '2026-05-12T11:59:59Z'))).toBe('0/0 0/0');
    expect(counts(cohorts('event', '2026-05-12T12:00:00Z'))).toBe('1/1 0/0');
  });

  it('has turns and mood of the periods that the method looks at', () => {
    const days = ['2026-05-06', '2026-05-07', '2026-05-08'];
    const one = userOf(
      'ann',
      registered(days[0]!),
      turn(days[0]!),
      turn(days[1]!),
      turn(days[1]!),
      felt('joy', 0.5, days[1]!),
      felt('sadness', 1, days[2]!),
      felt('unheard of', 1, days[2]!),
    );
    const own = { period: 'day', periods: 2 };
    const ask = (more: object) => report([one], { ...own, ...more }).items[0]?.periods;
    const turns = (method: string) => ask({ measure: 'turns', method })?.map(({ mean }) => mean);
    expect(turns('classic')).toEqual([1, 2, 0]);
    expect(turns('rolling')).toEqual([3, 2, 0]);
    expect(turns('cumulative')).toEqual([1, 2, 2]);
    const mood = (method: string) => ask({ measure: 'mood', method })?.map(({ n, mean }) => [n, mean]);
    expect(mood('classic')).toEqual([
      [0, null],
      [1, 0.38],
      [1, -0.63],
    ]);
    expect(mood('cumulative')).toEqual([
      [0, null],
      [1, 0.38],
      [2, -0.125],
    ]);
    expect(ask({ measure: 'mood', valence: 'sadness:0.5' })?.[2]).toMatchObject({ n: 1, mean: 0.5 });
  });

  it('leaves out what was before the user joined, and users without a registration', () => {
    const early = userOf('ann', registered('2026-05-06'), turn('2026-05-05'));
    const unknown = userOf('bob', turn('2026-05-06'));
    const own = { period: 'day', periods: 0 };
    const { items, summary } = report([early, unknown], own);
    expect([items.length, summary.size, counts(items[0])]).toEqual([1, 1, '0/1']);
  });

  it.each(['mapping', 'valence'])('refuses %s unless mood is measured', (name) => {
    expect(() => report([], { [name]: 'sign' })).toThrow(`${name}: makes sense with measure=mood only`);
  });

  it('refuses more periods than an answer may have', () => {
    const many = Array.from({ length: 400 }, (_, i) => userOf(`u${i}`, registered(i * DAY_MS)));
    const own = { period: 'day', cohortBy: 'day', periods: 366 };
    expect(() => report(many, own)).toThrow(/more than 100000 periods/);
  });

  it('is what a naive count gives, whatever the order of users', () => {
    const events = fc.array(fc.integer({ min: -2, max: 40 }), { maxLength: 25 });
    const drawn = fc.array(fc.record({ joined: fc.nat({ max: 30 }), turns: events }), { maxLength: 12 });
    const method = fc.constantFrom('classic', 'rolling', 'cumulative');
    const length = fc.constantFrom('day', 'week');
    fc.assert(
      fc.property(
        drawn,
        method,
        length,
        fc.integer({ min: 1, max: 3 }),
        (people, how, period, minReturns) => {
          const start = Date.parse('2026-05-01');
          const all = people.map(({ joined, turns }, i) =>
            userOf(
              `u${i}`,
              registered(start + joined * DAY_MS),
              ...turns.map((day) => turn(start + (joined + day) * DAY_MS + 5_000)),
            ),
          );
          const own = { period, periods: 5, method: how, minReturns };
          const { items, summary } = report(all, own, '2026-05-25T07:00Z');
          const other = report(all.toReversed(), own, '2026-05-25T07:00Z');
          expect(JSON.stringify(other)).toBe(JSON.stringify({ items, summary }));
          const days = period === 'day' ? 1 : 7;
          const today = 24;
          const naive = Array.from({ length: 6 }, (_, k) => {
            const over = people.filter(({ joined }) => joined + (k + 1) * days <= today);
            const active = over.filter(({ turns }) => {
              const turnsIn = (j: number) =>
                turns.filter((day) => day >= 0 && Math.floor(day / days) === j).length;
              const which = Array.from({ length: 60 }, (__, j) => j).filter((j) => {
                if (how === 'classic' || (how === 'cumulative' && k === 0)) return j === k;
                return how === 'rolling' ? j >= k : j >= 1 && j <= k;
              });
              return which.some((j) => turnsIn(j) >= minReturns);
            });
            return [over.length, active.length];
          });
          expect(summary.periods.map(({ complete, users: active }) => [complete, active])).toEqual(naive);
          expect(items.reduce((sum, { size }) => sum + size, 0)).toBe(people.length);
        },
      ),
    );
  });
});
