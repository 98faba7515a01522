import { ClockWatch } from './clock-watch.js';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 1);

/** A watch whose clock and passing time the test moves. */
function watched() {
  const at = { clock: NOW, passed: 0 };
  const watch = new ClockWatch(
    () => at.clock,
    () => at.passed,
  );
  watch.read();
  return {
    watch,
    /** Lets time pass while the clock moves by something else. */
    move: (passed: number, clock = passed) => {
      at.passed += passed;
      at.clock += clock;
      return watch.read();
    },
  };
}

describe('a watched clock', () => {
  it('is fine while it moves as time passes, or is corrected gradually', () => {
    const { watch, move } = watched();
    expect(move(HOUR)).toBe(NOW + HOUR);
    move(HOUR, HOUR - 2_000);
    move(HOUR, HOUR + 2_000);
    move(10, -500);
    expect(watch.fault(NOW, NOW + 500)).toBeUndefined();
    expect(watch.state(NOW)).toEqual({ behindMs: 0, steps: 0 });
  });

  it('is reported once when it is set back', () => {
    const { watch, move } = watched();
    const time = move(10, -HOUR);
    expect(watch.fault(time, NOW)).toEqual({ stepMs: -HOUR - 10, behindMs: HOUR });
    move(1_000);
    expect(watch.fault(time + 1_000, NOW)).toBeUndefined();
    expect(watch.state(NOW)).toEqual({ behindMs: HOUR - 1_000, steps: 1 });
  });

  it('is reported once when it is set ahead, and again when it is set right', () => {
    const { watch, move } = watched();
    const ahead = move(1_000, 400 * 24 * HOUR);
    expect(watch.fault(ahead, NOW)).toEqual({ stepMs: 400 * 24 * HOUR - 1_000, behindMs: 0 });
    expect(watch.fault(ahead, ahead)).toBeUndefined();
    const right = move(1_000, -400 * 24 * HOUR);
    expect(watch.fault(right, ahead)).toMatchObject({ behindMs: 400 * 24 * HOUR });
    expect(watch.state(ahead)).toEqual({ behindMs: 400 * 24 * HOUR, steps: 2 });
  });

  it('is reported once when the log is ahead of it, without having moved', () => {
    const { watch } = watched();
    expect(watch.fault(NOW, NOW + HOUR)).toEqual({ stepMs: 0, behindMs: HOUR });
    expect(watch.fault(NOW, NOW + HOUR)).toBeUndefined();
    expect(watch.fault(NOW, NOW)).toBeUndefined();
    expect(watch.fault(NOW, NOW + HOUR)).toBeUndefined();
    expect(watch.fault(NOW, NOW + 2 * HOUR)).toEqual({ stepMs: 0, behindMs: 2 * HOUR });
  });
});
