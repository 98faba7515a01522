import { DamagedDatabase, DiskFailure, Unavailable } from './errors.js';
import { FaultWatch, type FoundDamage } from './fault-watch.js';

interface Line {
  msg: string;
  code: string;
  failures?: number;
  lately?: number;
  seconds?: number;
}

let now: number;
let lines: Line[];
let watch: FaultWatch;

beforeEach(() => {
  now = 0;
  lines = [];
  const log = (line: object) => lines.push(line as Line);
  watch = new FaultWatch({ warn: log, error: log }, () => now);
});

afterEach(() => {
  // Ends the timer of an outage.
  now += 1e9;
  watch.check();
});

const full = DiskFailure.database(new Error('database or disk is full'));

/** Lets the seconds pass, with a look at the outages every five seconds, as the timer has it. */
function pass(seconds: number, eachSecond: () => void = () => undefined): void {
  for (let second = 1; second <= seconds; second++) {
    now += 1_000;
    eachSecond();
    if (second % 5 === 0) watch.check();
  }
}

describe('an outage', () => {
  it('has one log line when it begins, one a minute with the counts, and one when it is over', () => {
    pass(150, () => watch.failed(full));
    watch.written();
    pass(10, () => watch.written());
    expect(lines.map(({ msg }) => msg)).toEqual([
      'requests get 503',
      'requests still get 503',
      'requests still get 503',
      'requests no longer get 503',
    ]);
    expect(lines.slice(1, 3).map(({ lately = 0 }) => lately > 50 && lately <= 65)).toEqual([true, true]);
    expect(lines.at(-1)).toEqual({
      msg: 'requests no longer get 503',
      code: 'database.unavailable',
      failures: 150,
      seconds: 149,
    });
  });

  it('goes on while only some requests succeed, and ends when nobody meets it any more', () => {
    pass(20, () => {
      watch.written();
      watch.failed(full);
    });
    expect(lines).toHaveLength(1);
    pass(59);
    expect(lines.map(({ msg }) => msg)).toEqual(['requests get 503', 'requests still get 503']);
    pass(5);
    expect(lines.at(-1)?.msg).toBe('requests no longer get 503');
  });

  it('is counted apart for each reason; a stop and a rebuild are none', () => {
    watch.failed(full);
    watch.failed(Unavailable.busy(4_096));
    watch.failed(Unavailable.stopping());
    watch.failed(Unavailable.projection('memory-index'));
    expect(lines.map(({ code }) => code)).toEqual(['database.unavailable', 'service.busy']);
  });
});

describe('damage', () => {
  it('is reported once and remembered', () => {
    const reported: FoundDamage[] = [];
    watch.onDamage = (damage) => reported.push(damage);
    for (let i = 0; i < 3; i++) watch.failed(DamagedDatabase.because(new Error(`malformed ${i}`)));
    watch.written();
    expect(reported).toEqual([watch.damage]);
    expect(watch.damage).toEqual({
      code: 'database.damaged',
      why: expect.stringContaining('malformed 0'),
      places: [],
    });
  });
});
