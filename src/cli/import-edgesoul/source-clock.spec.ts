import { fixedClock, zoneClock } from '../../modules/zone-clock.js';
import { SourceClock, timeText, type SourceTime } from './source-clock.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const berlin = new SourceClock(zoneClock('Europe/Berlin') ?? fixedClock(0), NOW);
const utc = new SourceClock(fixedClock(0), NOW);
const text = (time: SourceTime | undefined) => time && timeText(time);
const id = (time: string) => `mira_${Date.parse(time) / 1_000}`;

describe("a time by the server's clock", () => {
  it.each([
    ['2025-07-01 14:00:00.123456', '2025-07-01T14:00:00.123+02:00'],
    ['2025-01-01T14:00:00', '2025-01-01T14:00:00.000+01:00'],
    ['2025-07-01 14:00', '2025-07-01T14:00:00.000+02:00'],
    // The hour that the clock shows twice is the first one.
    ['2025-10-26 02:30:00', '2025-10-26T02:30:00.000+02:00'],
    ['2025-07-01T12:00:00Z', '2025-07-01T14:00:00.000+02:00'],
    ['2025-07-01T12:00:00+00:00', '2025-07-01T14:00:00.000+02:00'],
  ])('is read in its zone: %s', (written, expected) => {
    expect(text(berlin.local(written))).toBe(expected);
  });

  it.each([
    '',
    'yesterday',
    '2025-02-30 10:00:00',
    '2025-13-01 10:00',
    '2031-01-01 00:00:00',
    '0001-01-01 00:00:00',
  ])('is none when it cannot be true: %j', (written) => {
    expect(berlin.local(written)).toBeUndefined();
  });

  it('is in UTC where the original wrote UTC', () => {
    expect(text(berlin.utc('2025-07-01 12:00:00'))).toBe('2025-07-01T14:00:00.000+02:00');
    expect(text(utc.utc('2025-07-01 12:00:00'))).toBe('2025-07-01T12:00:00.000Z');
  });
});

describe('the time of a memory', () => {
  it.each([
    ['2025-07-01T12:00:00.250Z', '2025-07-01 14:00:00.250000', '2025-07-01T14:00:00.250+02:00'],
    ['2025-07-01T12:00:00Z', '2025-07-01 12:00:00', '2025-07-01T12:00:00.000Z'],
    ['2025-07-01T12:00:00Z', '2025-07-01 06:30:00.900', '2025-07-01T06:30:00.000-05:30'],
  ])('is that of its id, at the offset of its row: %s', (formed, written, expected) => {
    expect(text(utc.ofMemory(id(formed), written))).toBe(expected);
  });

  it.each([
    ['mira_abc', '2025-07-01 14:00:00'],
    [id('2025-07-01T12:00:00Z'), '2025-07-01 14:07:00'],
    [id('2025-07-01T12:00:00Z'), '2025-08-01 14:00:00'],
    [id('2025-07-01T12:00:00Z'), 'then'],
  ])('is not known from %s and %s', (memoryId, written) => {
    expect(utc.ofMemory(memoryId, written)).toBeUndefined();
  });
});
