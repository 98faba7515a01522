import { DamagedDatabase, Unavailable } from './errors.js';

/** Interval between two looks at the outages, ms. */
const CHECK_EVERY_MS = 5_000;
/** Interval between two log lines of an outage, and how long nothing may fail until it is over, ms. */
const LINE_EVERY_MS = 60_000;
/** Refusals that say nothing about the database: they are logged, or expected, elsewhere. */
const EXPECTED: ReadonlySet<string> = new Set([
  'service.stopping',
  'projection.unavailable',
  'read.position-not-reached',
]);

/** Where the lines go. */
export interface FaultLog {
  error(line: object): void;
  warn(line: object): void;
}

interface Outage {
  code: string;
  why: string;
  beganAt: number;
  failedAt: number;
  loggedAt: number;
  /** Failures in all, and at the last log line. */
  failures: number;
  logged: number;
}

/** Damage that a request or a job has met. */
export interface FoundDamage {
  code: string;
  why: string;
  /** The places that the database's own check names; empty until it has ended. */
  places: string[];
}

/**
 * Watches how requests and jobs end. Thousands of clients may get 503 while the disk is full or the database
 * is away: one log line when that begins, one a minute with the counts, one when it is over. Damage is
 * remembered until the process ends, because nothing but a restore removes it.
 */
export class FaultWatch {
  damage: FoundDamage | undefined;
  /** Called once, with the first damage. */
  onDamage: ((damage: FoundDamage) => void) | undefined;
  private readonly outages = new Map<string, Outage>();
  private writtenAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: FaultLog,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** A command was written. */
  written(): void {
    if (this.outages.size > 0) this.writtenAt = this.now();
  }

  /** A request or a job failed. */
  failed(error: unknown): void {
    if (error instanceof DamagedDatabase) this.damaged(error);
    if (error instanceof Unavailable && !EXPECTED.has(error.code)) this.unavailable(error);
  }

  /** Logs outages that last, and those that are over; a timer calls it while there are any. */
  check(): void {
    for (const outage of this.outages.values()) {
      if (this.isOver(outage)) this.end(outage);
      else if (this.now() - outage.loggedAt >= LINE_EVERY_MS) this.goesOn(outage);
    }
    if (this.outages.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private damaged({ code, message: why }: DamagedDatabase): void {
    if (this.damage) return;
    this.damage = { code, why, places: [] };
    this.onDamage?.(this.damage);
  }

  private unavailable({ code, message: why }: Unavailable): void {
    const now = this.now();
    const outage = this.outages.get(code);
    if (outage) {
      outage.failures++;
      outage.failedAt = now;
      outage.why = why;
      return;
    }
    this.outages.set(code, { code, why, beganAt: now, failedAt: now, loggedAt: now, failures: 1, logged: 1 });
    this.log.error({ msg: 'requests get 503', code, why });
    this.timer ??= setInterval(() => this.check(), CHECK_EVERY_MS).unref();
  }

  /** Over as soon as commands are written again, or when nobody has met it for a while. */
  private isOver({ failedAt }: Outage): boolean {
    const quietFor = this.now() - failedAt;
    return (this.writtenAt > failedAt && quietFor >= CHECK_EVERY_MS) || quietFor >= LINE_EVERY_MS;
  }

  private goesOn(outage: Outage): void {
    const { code, why, failures, logged } = outage;
    this.log.error({ msg: 'requests still get 503', code, why, lately: failures - logged, failures });
    outage.loggedAt = this.now();
    outage.logged = failures;
  }

  private end({ code, beganAt, failedAt, failures }: Outage): void {
    this.outages.delete(code);
    const seconds = Math.round((failedAt - beganAt) / 1_000);
    this.log.warn({ msg: 'requests no longer get 503', code, failures, seconds });
  }
}
