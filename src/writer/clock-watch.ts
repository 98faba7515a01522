/** A clock that runs this far behind the log, or is set back by more, was set wrong; ms. */
export const CLOCK_TOLERANCE_MS = 1_000;
/** A clock that is this far ahead of the time that passed was set ahead, or the machine was suspended; ms. */
const AHEAD_MS = 60_000;
/** A clock that is being corrected gradually runs faster or slower by no more than this share. */
const MAX_SLEW = 0.001;

/** Something wrong with the service's clock; reported once for each time that it happens. */
export interface ClockFault {
  /** How far the clock was moved while the process ran, ms; negative when it was set back, else 0. */
  stepMs: number;
  /** How far the clock is behind the last event's `recordedAt`, ms. */
  behindMs: number;
}

/** The state of the service's clock. */
export interface ClockState {
  /** How far it is behind the last event's `recordedAt`, ms; 0 within the tolerance. */
  behindMs: number;
  /** How often it was moved since the start of the process. */
  steps: number;
}

/**
 * Compares the clock with the time that passes in between, and with the log. Order never depends on it: that
 * is the position's business. But what clients do not date is dated by this clock.
 */
export class ClockWatch {
  private steps = 0;
  private last: { time: number; elapsed: number } | undefined;
  private step = 0;
  private reportedBehindMs = 0;

  constructor(
    /** Ms since 1970 UTC. */
    private readonly clock: () => number,
    /** Ms since any start; never set. */
    private readonly monotonic: () => number,
  ) {}

  /** Reads the clock: ms since 1970 UTC. */
  read(): number {
    const [time, elapsed] = [this.clock(), this.monotonic()];
    if (this.last) {
      const passed = elapsed - this.last.elapsed;
      const moved = time - this.last.time - passed;
      const slew = passed * MAX_SLEW;
      if (moved < -CLOCK_TOLERANCE_MS - slew || moved > AHEAD_MS + slew) {
        this.steps += 1;
        this.step += moved;
      }
    }
    this.last = { time, elapsed };
    return time;
  }

  /**
   * Returns what is wrong and not yet reported, if anything. `recordedAt` is that of the log's last event.
   */
  fault(time: number, recordedAt: number): ClockFault | undefined {
    const behindMs = behind(time, recordedAt);
    const stepMs = this.step;
    this.step = 0;
    // Behind by the same time again: another machine's clock is ahead of this one's, as was reported.
    const isNewlyBehind = behindMs > this.reportedBehindMs + CLOCK_TOLERANCE_MS;
    if (isNewlyBehind) this.reportedBehindMs = behindMs;
    return isNewlyBehind || stepMs !== 0 ? { stepMs: Math.round(stepMs), behindMs } : undefined;
  }

  /** Returns the state. `recordedAt` is that of the log's last event. */
  state(recordedAt: number): ClockState {
    return { behindMs: behind(this.read(), recordedAt), steps: this.steps };
  }
}

function behind(time: number, recordedAt: number): number {
  return recordedAt - time > CLOCK_TOLERANCE_MS ? recordedAt - time : 0;
}
