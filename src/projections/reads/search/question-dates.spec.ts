import { namedDates, nearnessOf, timesNear } from './question-dates.js';

const NEWEST = Date.parse('2024-09-15T12:00:00Z');
const nearness = (q: string, at: string) => nearnessOf(timesNear(namedDates(q), NEWEST), Date.parse(at));

describe('the dates that a question names', () => {
  it.each([
    ['What happened on 7 May 2023?', [{ year: 2023, month: 5, day: 7 }]],
    ['on the 7th of May, 2023', [{ year: 2023, month: 5, day: 7 }]],
    [
      'on May 7, 2023 and in June 2024',
      [
        { year: 2023, month: 5, day: 7 },
        { year: 2024, month: 6 },
      ],
    ],
    ['on Sept 3rd', [{ month: 9, day: 3 }]],
    [
      '2023-05-07 or 2023-06',
      [
        { year: 2023, month: 5, day: 7 },
        { year: 2023, month: 6 },
      ],
    ],
    ['in August?', [{ month: 8 }]],
    ['during May', [{ month: 5 }]],
    ['back in 2022', [{ year: 2022 }]],
    ['May I march on? She may decide to mar it.', []],
    ['room 2023a, 12345', []],
    ['What does she like?', []],
  ])('of %j are %j', (q, expected) => {
    expect(JSON.parse(JSON.stringify(namedDates(q)))).toEqual(expected);
  });
});

describe('the nearness of a time to a date', () => {
  it('is 1 on the day, and 0.5 within five days of it', () => {
    const q = 'on 7 May 2024';
    expect(nearness(q, '2024-05-07T00:00:00.000Z')).toBe(1);
    expect(nearness(q, '2024-05-07T23:59:59.999Z')).toBe(1);
    expect(nearness(q, '2024-05-02T00:00:00.000Z')).toBe(0.5);
    expect(nearness(q, '2024-05-12T23:59:59.999Z')).toBe(0.5);
    expect(nearness(q, '2024-05-13T00:00:00.000Z')).toBe(0);
    expect(nearness(q, '2024-05-01T23:59:59.999Z')).toBe(0);
  });

  it('is 1 in the month, and 0.5 in the 14 days after it', () => {
    const q = 'in February 2024';
    expect(nearness(q, '2024-01-31T23:59:59.999Z')).toBe(0);
    expect(nearness(q, '2024-02-29T23:59:59.999Z')).toBe(1);
    expect(nearness(q, '2024-03-14T23:59:59.999Z')).toBe(0.5);
    expect(nearness(q, '2024-03-15T00:00:00.000Z')).toBe(0);
  });

  it('is 0.3 in the year, and the best of several dates', () => {
    expect(nearness('in 2023', '2023-12-31T23:59:59.999Z')).toBe(0.3);
    expect(nearness('in 2023', '2024-01-01T00:00:00.000Z')).toBe(0);
    expect(nearness('in 2023, or on 3 March 2023', '2023-03-03T08:00:00Z')).toBe(1);
  });

  it('without a year is that of the last one before the newest memory', () => {
    expect(nearness('in August', '2024-08-10T00:00:00Z')).toBe(1);
    expect(nearness('in August', '2023-08-10T00:00:00Z')).toBe(0);
    expect(nearness('in October', '2023-10-10T00:00:00Z')).toBe(1);
    expect(nearness('in October', '2024-10-10T00:00:00Z')).toBe(0);
  });
});
