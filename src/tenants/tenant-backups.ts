import { Cron } from 'croner';
import type { Logger } from 'pino';
import type { BackupConfig } from '../config.js';
import { failureFields } from '../logged-failure.js';
import type { Tenants } from './tenants.js';

interface TenantBackupsParts {
  config: Pick<BackupConfig, 'schedule' | 'drillSchedule'> & { retentionSchedule: string | undefined };
  tenants: Tenants;
  names: () => Promise<string[]>;
  /** Whether the store may have work left by a process that was killed while it had the store open. */
  mayHaveWorkLeft: (tenant: string) => boolean;
  /** Whether this process is the one that does what is scheduled. */
  isLeader: () => Promise<boolean>;
  logger: Logger;
}

type What = 'backup' | 'drill' | 'retention';

/**
 * Backs up the stores of all tenants by the schedules of the default one, tries their backups out, and erases
 * what is too old: one after another, open or not. When it begins, it ends what a killed process has left of
 * the work on a store that nobody may open for long: what was not shipped, and erasures.
 */
export class TenantBackups {
  private readonly schedules: Cron[] = [];
  private readonly failed: Record<What, Set<string>> = {
    backup: new Set(),
    drill: new Set(),
    retention: new Set(),
  };
  private last: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(private readonly parts: TenantBackupsParts) {}

  /** How many tenants have a store whose last scheduled backup, drill or retention failed. */
  get inTrouble(): number {
    return new Set(Object.values(this.failed).flatMap((names) => [...names])).size;
  }

  begin(): void {
    this.last = this.endRest();
    const { schedule, drillSchedule, retentionSchedule } = this.parts.config;
    if (schedule !== undefined) this.addSchedule(schedule, 'backup');
    if (drillSchedule !== undefined) this.addSchedule(drillSchedule, 'drill');
    if (retentionSchedule !== undefined) this.addSchedule(retentionSchedule, 'retention');
  }

  /** Ends the schedules; what runs ends when the stores are closed. */
  async close(): Promise<void> {
    this.stopping = true;
    for (const schedule of this.schedules) schedule.stop();
  }

  private async endRest(): Promise<void> {
    const { names, isLeader, mayHaveWorkLeft, tenants, logger } = this.parts;
    const failed = (error: unknown, of: { tenant?: string } = {}) => {
      const msg = 'what a killed process has left of the work of tenants could not be ended';
      if (!this.stopping) logger.error({ msg, ...of, ...failureFields(error) });
    };
    try {
      if (!(await isLeader())) return;
      for (const tenant of (await names()).filter(mayHaveWorkLeft))
        if (!this.stopping)
          await tenants
            .use(tenant, ({ backups }) => backups.endRest())
            .catch((error: unknown) => failed(error, { tenant }));
    } catch (error) {
      failed(error);
    }
  }

  private addSchedule(expression: string, what: What): void {
    const options = { timezone: 'UTC', unref: true, protect: true };
    this.schedules.push(
      new Cron(expression, options, () => {
        this.last = this.last.then(() => this.runAll(what));
        return this.last;
      }),
    );
  }

  private async runAll(what: What): Promise<void> {
    const { names, isLeader, logger } = this.parts;
    try {
      if (!(await isLeader())) return;
      const present = await names();
      for (const tenant of this.failed[what]) if (!present.includes(tenant)) this.failed[what].delete(tenant);
      for (const tenant of present) if (!this.stopping) await this.run(what, tenant);
    } catch (error) {
      logger.error({ msg: `the scheduled ${what} of tenants could not begin`, ...failureFields(error) });
    }
  }

  private async run(what: What, tenant: string): Promise<void> {
    const { tenants, logger } = this.parts;
    try {
      await tenants.use(tenant, ({ backups, retention }) =>
        what === 'retention' ? retention.make() : backups.make(what),
      );
      this.failed[what].delete(tenant);
    } catch (error) {
      if (this.stopping) return;
      this.failed[what].add(tenant);
      logger.error({ msg: `the scheduled ${what} of a tenant failed`, tenant, ...failureFields(error) });
    }
  }
}
