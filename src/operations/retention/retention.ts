import { Cron } from 'croner';
import { Refused } from '../../errors.js';
import { failureFields } from '../../logged-failure.js';
import type { BackupLog } from '../backup/backup-log.js';
import { Jobs, type Job } from '../jobs.js';
import { readRetentionMark, type RetentionMark } from './retention-mark.js';
import { hasRules, type RetentionPolicy } from './retention-policy.js';
import type { RetentionReport } from './retention-report.js';
import { dryRetention, runRetention, type RetentionParts } from './run-retention.js';

/** The first run comes so long after the start, ms: a restored store may have what is old. */
const FIRST_RUN_MS = 60_000;

/** What is kept for how long, and when it is looked at. */
export interface RetentionSettings {
  policy: RetentionPolicy;
  /** Cron expression, UTC; undefined if nothing is scheduled here. */
  schedule: string | undefined;
}

interface RetentionServiceParts extends Omit<RetentionParts, 'policy'> {
  settings: RetentionSettings;
  log: BackupLog;
  /** Whether this process does what one of the processes of a store does. */
  isLeader: () => Promise<boolean>;
}

/** Brings a store to the retention policy: on request, and by a schedule. */
export class Retention {
  readonly jobs = new Jobs<RetentionReport>('retention');
  private schedule: Cron | undefined;
  private first: NodeJS.Timeout | undefined;

  constructor(private readonly parts: RetentionServiceParts) {}

  get settings(): RetentionSettings {
    return this.parts.settings;
  }

  /** Starts the schedule, if there is one. */
  begin(): void {
    const { schedule, policy } = this.settings;
    if (schedule === undefined || !hasRules(policy)) return;
    const run = () => this.runScheduled();
    this.schedule = new Cron(schedule, { timezone: 'UTC', unref: true }, run);
    this.first = setTimeout(() => void run(), FIRST_RUN_MS).unref();
  }

  /** When the next scheduled run is; null if there is none. */
  nextRun(): Date | null {
    return this.schedule?.nextRun() ?? null;
  }

  /** Starts a run that erases nothing, and says what one would erase. Throws Refused while one runs. */
  startDryRun(): Job<RetentionReport> {
    const { settings, ...parts } = this.parts;
    return this.jobs.start((context) => dryRetention({ ...parts, policy: settings.policy }, context));
  }

  /** Starts a run. Throws Refused while one runs. */
  start(): Job<RetentionReport> {
    const { settings, log, ...parts } = this.parts;
    return this.jobs.start(async (context) => {
      try {
        const report = await runRetention({ ...parts, policy: settings.policy }, context);
        const { rules, events, memories, users, erasedUsers, unsealed, leftOut, ms } = report;
        const counts = { rules, events, memories, users, erasedUsers, unsealed, leftOut, ms };
        log.info({ msg: 'retention done', ...counts });
        return report;
      } catch (error) {
        // Logged at error level, because a person must act: what should be gone is still there.
        if (!context.signal.aborted) log.error({ msg: 'retention failed', ...failureFields(error) });
        throw error;
      }
    });
  }

  /** Runs, and waits for the end. Throws what it failed with. */
  async make(): Promise<void> {
    if (!hasRules(this.settings.policy)) return;
    const { error } = await this.jobs.ended(this.start());
    if (error) throw error;
  }

  /** What the store remembers; undefined before the first run. */
  remembered(): Promise<(RetentionMark & { markedAt: number }) | undefined> {
    const { reads } = this.parts;
    return readRetentionMark({ rows: (table, query) => reads.list(table, query) });
  }

  async close(): Promise<void> {
    this.schedule?.stop();
    clearTimeout(this.first);
    await this.jobs.close();
  }

  private async runScheduled(): Promise<void> {
    const { log, isLeader } = this.parts;
    try {
      if (await isLeader()) this.start();
    } catch (error) {
      // The previous one is still running, so this one is left out.
      if (!(error instanceof Refused))
        log.error({ msg: 'retention could not start', ...failureFields(error) });
    }
  }
}
