import { refusalOf } from '../../test/support/refusal.js';
import { occurrenceTime } from './resolve-user.js';

const NOW = Date.UTC(2025, 2, 3, 8);
const DAY = 86_400_000;

describe('the time of an occurrence', () => {
  it('is the present when the client sends none', () => {
    expect(occurrenceTime(undefined, NOW)).toBe(NOW);
  });

  it.each([
    ['2025-03-03T08:00:00Z', NOW],
    ['2025-03-03T13:45:00+05:45', NOW],
    ['2025-03-03T04:30:00-0330', NOW],
    ['2025-03-03T08:00:00.5Z', NOW + 500],
    ['1969-12-31T23:59:59.999Z', -1],
  ])('of %s is converted to UTC', (text, at) => {
    expect(occurrenceTime(text, NOW)).toBe(at);
  });

  it('may be one day ahead of the clock, but not a millisecond more', () => {
    expect(occurrenceTime(new Date(NOW + DAY).toISOString(), NOW)).toBe(NOW + DAY);
    const late = new Date(NOW + DAY + 1).toISOString();
    expect(refusalOf(() => occurrenceTime(late, NOW))).toMatchObject({
      status: 400,
      errors: [{ path: 'occurredAt', message: 'must not be more than a day in the future' }],
    });
  });
});
