import { canonicalTimeZone, isTimeZone } from './time-zone.js';

describe('a time zone', () => {
  it.each([
    'Europe/Berlin',
    'America/Argentina/ComodRivadavia',
    'America/Port-au-Prince',
    'Asia/Kolkata',
    'Asia/Calcutta',
    'Europe/Kyiv',
    'US/Eastern',
    'Pacific/Apia',
    'Etc/GMT+5',
    'UTC',
    'GMT',
    'Japan',
    'CET',
    'EST5EDT',
    'europe/berlin',
  ])('may be %s', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each([
    ['an offset', '+05:30'],
    ['an offset without a colon', '-0800'],
    ['a sum', 'UTC+1'],
    ['nothing', ''],
    ['an unknown place', 'Europe/Atlantis'],
    ['an unknown zone', 'Etc/Unknown'],
    ['a letter', 'Z'],
    ['an abbreviation that means several zones', 'IST'],
    ['an abbreviation in lower case', 'pst'],
    ['an identifier of another database', 'SystemV/PST8'],
    ['the zone of the machine', 'localtime'],
    ['a name with a blank', ' Europe/Berlin'],
    ['a name with a control character', 'Europe/Berlin\u0000'],
    ['a long text', 'Europe/'.repeat(1_000)],
    ['a number', 60],
    ['null', null],
  ])('may not be %s', (_, value) => {
    expect(isTimeZone(value)).toBe(false);
  });

  it.each([
    ['europe/berlin', 'Europe/Berlin'],
    ['AMERICA/PORT-AU-PRINCE', 'America/Port-au-Prince'],
    ['Europe/Berlin', 'Europe/Berlin'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['Europe/Kyiv', 'Europe/Kyiv'],
    ['US/Eastern', 'US/Eastern'],
    ['utc', 'UTC'],
  ])('that is sent as %s is stored as %s', (sent, stored) => {
    expect(canonicalTimeZone(sent)).toBe(stored);
  });
});
