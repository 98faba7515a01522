import { given } from '../../test/support/given.js';
import { profileChanged, registered } from '../../test/support/happened.js';
import { USER } from '../../test/support/recorder.js';
import { refusalOf } from '../../test/support/refusal.js';
import { occurrenceTime, resolveUser, writtenOffset } from './resolve-user.js';

const NOW = Date.UTC(2025, 2, 3, 8);
const DAY = 86_400_000;

const inZone = (timeZone: string, utcOffset = 0) =>
  profileChanged({ timeZone: { from: null, to: timeZone }, utcOffset: { from: 0, to: utcOffset } });
const atOffset = (utcOffset: number) => profileChanged({ utcOffset: { from: 0, to: utcOffset } });
/** The offset that is recorded with a time of the client. */
const recorded = (occurredAt: string | undefined, ...profile: Parameters<typeof given>) => {
  let offset: number | undefined;
  given(registered(), ...profile).when((state) => {
    offset = resolveUser(state, USER, occurredAt).when.utcOffset;
    return { status: 200, events: [], answer: () => ({}) };
  });
  return offset;
};

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

describe('the offset that a client writes into a time', () => {
  it.each([
    ['2026-07-01T00:30:00+02:00', 120],
    ['2026-07-01T00:30+0545', 345],
    ['2026-07-01T00:30:00.123456789-03:30', -210],
    ['2026-07-01T00:30:00-23:59', -1439],
    ['2026-07-01T00:30:00+00:00', 0],
    ['2026-07-01T00:30:00-00:00', undefined],
    ['2026-07-01T00:30:00-0000', undefined],
    ['2026-07-01T00:30:00Z', undefined],
    ['2026-07-01T00:30:00z', undefined],
    [undefined, undefined],
  ])('of %s is %s', (time, offset) => {
    expect(writtenOffset(time)).toBe(offset);
  });
});

describe('the local time of an event', () => {
  it('has the offset that the client wrote, whatever the profile says', () => {
    expect(recorded('2024-07-01T00:30:00-05:00', inZone('Europe/Berlin'))).toBe(-300);
    expect(recorded('2024-07-01T00:30:00+00:00', atOffset(330))).toBe(0);
  });

  it("has the offset of the profile's zone at that instant, not now", () => {
    expect(recorded('2024-07-01T00:30:00Z', inZone('Europe/Berlin', 60))).toBe(120);
    expect(recorded('2024-01-01T00:30:00Z', inZone('Europe/Berlin', 120))).toBe(60);
    expect(recorded('2024-10-27T00:59:59.999Z', inZone('Europe/Berlin'))).toBe(120);
    expect(recorded('2024-10-27T01:00:00Z', inZone('Europe/Berlin'))).toBe(60);
    expect(recorded('2024-01-01T00:00:00-00:00', inZone('Asia/Kathmandu'))).toBe(345);
    expect(recorded(undefined, inZone('America/Sao_Paulo'))).toBe(-180);
  });

  it("has the profile's offset without a zone, or with one that this program does not know", () => {
    expect(recorded('2024-07-01T00:30:00Z', atOffset(330))).toBe(330);
    expect(recorded('2024-07-01T00:30:00Z', inZone('Antarctica/New_Base', 330))).toBe(330);
  });

  it('is rounded to the minute where a zone had seconds', () => {
    expect(recorded('1971-01-01T00:00:00Z', inZone('Africa/Monrovia'))).toBe(-44);
  });

  it('is UTC without a profile', () => {
    expect(recorded('2024-07-01T00:30:00Z')).toBe(0);
  });
});
