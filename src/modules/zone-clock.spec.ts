import * as fc from 'fast-check';
import { fixedClock, hourStart, instantOf, zoneClock, type Clock } from './zone-clock.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const at = (time: string) => Date.parse(time);
const iso = (time: number) => new Date(time).toISOString();
const clockOf = (zone: string): Clock => {
  const clock = zoneClock(zone);
  if (!clock) throw new Error(`no zone ${zone}`);
  return clock;
};
/** Wide enough for every zone's daylight saving, too narrow for two changes of a zone's offset. */
const CHANGING = [
  'Europe/Berlin',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Cairo',
];
const instants = fc.integer({ min: at('1990-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') });
const zones = fc.constantFrom(...CHANGING, 'Asia/Kathmandu', 'America/St_Johns', 'Africa/Casablanca', 'UTC');

/** What the clock of the zone shows, in ms as if it showed UTC. */
const shown = (zone: string, time: number) => {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(time);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
};

describe('the offset of a time zone', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29T00:59:59.999Z', 60],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 120],
    ['Europe/Berlin', '2026-10-25T00:59:59.999Z', 120],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', 60],
    ['Asia/Kathmandu', '2026-01-01T00:00:00Z', 345],
    ['America/St_Johns', '2026-01-01T00:00:00Z', -210],
    ['Australia/Lord_Howe', '2026-04-04T14:59:59.999Z', 660],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', 630],
    ['Pacific/Apia', '2011-12-30T09:59:59.999Z', -600],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', 840],
    ['Africa/Cairo', '2014-05-15T21:59:59.999Z', 120],
    ['Africa/Cairo', '2014-05-15T22:00:00Z', 180],
    ['Africa/Monrovia', '1971-01-01T00:00:00Z', -44.5],
    ['Etc/GMT+5', '2026-01-01T00:00:00Z', -300],
    ['UTC', '2026-01-01T00:00:00Z', 0],
    ['Asia/Kolkata', '2026-01-01T00:00:00Z', 330],
  ])('%s at %s is %d minutes east of UTC', (zone, time, minutes) => {
    expect(clockOf(zone).offsetAt(at(time))).toBe(minutes * MINUTE);
  });

  it('agrees with the clock that the zone shows, at any instant and in any order', () => {
    fc.assert(
      fc.property(zones, instants, (zone, time) => {
        const second = Math.floor(time / 1_000) * 1_000;
        expect(second + clockOf(zone).offsetAt(time)).toBe(shown(zone, second));
      }),
      { numRuns: 300 },
    );
  });

  it('is unknown for a name that is no zone', () => {
    expect(zoneClock('Europe/Atlantis')).toBeUndefined();
  });
});

describe('the instant of a local time', () => {
  it.each([
    ['on an ordinary day', 'Europe/Berlin', '2026-07-01T00:00', '2026-06-30T22:00:00.000Z'],
    ['in winter', 'Europe/Berlin', '2026-12-01T00:00', '2026-11-30T23:00:00.000Z'],
    ['that is repeated is the earlier one', 'Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    [
      'of a midnight that is skipped is the end of the gap',
      'America/Sao_Paulo',
      '2018-11-04T00:00',
      '2018-11-04T03:00:00.000Z',
    ],
    ['of another skipped midnight', 'Africa/Cairo', '2014-05-16T00:00', '2014-05-15T22:00:00.000Z'],
    [
      'after a gap that begins before midnight',
      'America/Toronto',
      '1919-03-31T00:00',
      '1919-03-31T04:30:00.000Z',
    ],
    ['of a midnight that is repeated', 'America/Havana', '2026-11-01T00:00', '2026-11-01T04:00:00.000Z'],
    ['before a skipped day', 'Pacific/Apia', '2011-12-29T00:00', '2011-12-29T10:00:00.000Z'],
    [
      'of a skipped day is the start of the next one',
      'Pacific/Apia',
      '2011-12-30T00:00',
      '2011-12-30T10:00:00.000Z',
    ],
    ['after a skipped day', 'Pacific/Apia', '2011-12-31T00:00', '2011-12-30T10:00:00.000Z'],
  ])('%s', (_, zone, local, instant) => {
    expect(iso(instantOf(at(`${local}Z`), clockOf(zone)))).toBe(instant);
  });

  it('is shown as that local time, unless the clock skips it', () => {
    fc.assert(
      fc.property(zones, instants, (zone, time) => {
        const clock = clockOf(zone);
        const local = time + clock.offsetAt(time);
        const instant = instantOf(local, clock);
        expect(instant).toBeLessThanOrEqual(time);
        expect(time - instant).toBeLessThanOrEqual(DAY);
        expect(instant + clock.offsetAt(instant)).toBe(local);
      }),
    );
  });

  it('is always the same distance away with a fixed offset', () => {
    expect(iso(instantOf(at('2026-03-02T00:00Z'), fixedClock(7)))).toBe('2026-03-01T23:53:00.000Z');
  });
});

describe('the start of a local hour', () => {
  it.each([
    [
      'the first 02:00 of a repeated hour',
      'Europe/Berlin',
      '2026-10-25T02:00',
      120,
      '2026-10-25T00:00:00.000Z',
    ],
    ['the second 02:00', 'Europe/Berlin', '2026-10-25T02:00', 60, '2026-10-25T01:00:00.000Z'],
    [
      'an hour whose first half is repeated later',
      'Australia/Lord_Howe',
      '2026-04-05T01:00',
      660,
      '2026-04-04T14:00:00.000Z',
    ],
    [
      'the repeated half of an hour',
      'Australia/Lord_Howe',
      '2026-04-05T01:00',
      630,
      '2026-04-04T15:00:00.000Z',
    ],
    [
      'the half that is left of an hour',
      'Australia/Lord_Howe',
      '2026-10-04T02:00',
      660,
      '2026-10-03T15:30:00.000Z',
    ],
    [
      'an hour that was recorded elsewhere',
      'Europe/Berlin',
      '2026-07-01T00:00',
      -480,
      '2026-06-30T22:00:00.000Z',
    ],
  ])('is right for %s', (...[, zone, local, offset, start]) => {
    expect(iso(hourStart(at(`${local}Z`), offset * MINUTE, clockOf(zone)))).toBe(start);
  });
});
