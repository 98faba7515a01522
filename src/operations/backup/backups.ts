import { Cron } from 'croner';
import { Refused } from '../../errors.js';
import { failureFields } from '../../logged-failure.js';
import type { Reads } from '../../projections/reads/reads.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { openLeadership, type Leadership } from '../../store/open-leadership.js';
import { Rewritings } from '../copies/rewritings.js';
import { Jobs, type Job } from '../jobs.js';
import { backupOfLossyLog } from '../loss/loss-errors.js';
import { LossWatch } from '../loss/loss-watch.js';
import type { DrillProof } from '../restore/drill.js';
import { Shipping } from '../shipping/shipping.js';
import { noSuchBackup } from './backup-errors.js';
import { listBackups } from './backup-folder.js';
import type { BackupLog } from './backup-log.js';
import { BackupState } from './backup-state.js';
import type { Manifest } from './manifest.js';
import { identityToDrill } from './own-backups.js';
import { prune } from './prune.js';
import type { RetentionPolicy } from './retention.js';
import { runBackup, runDrill } from './run-backup.js';

export interface BackupSettings {
  address: DatabaseAddress;
  /** The reads of the store at the address; they must stay open until the backups are closed. */
  reads: Reads;
  /** The backup folder. */
  folder: string;
  keep: RetentionPolicy;
  /** To whom backups and segments are encrypted; to nobody if there are none. */
  recipients?: readonly string[];
  continuous: boolean;
  /** Cron expressions, UTC; undefined if nothing is scheduled. */
  schedule: string | undefined;
  drillSchedule: string | undefined;
}

/** The backups and drills of one service process: on request, scheduled, and continuous. */
export class Backups {
  readonly state: BackupState;
  readonly lossWatch: LossWatch;
  readonly jobs = new Jobs<Manifest>('backup');
  readonly drills = new Jobs<DrillProof>('drill');
  readonly rewritings: Rewritings;
  private readonly leadership: Leadership;
  private readonly schedules: Cron[] = [];
  private shipping: Shipping | undefined;

  constructor(
    readonly settings: BackupSettings,
    readonly log: BackupLog,
  ) {
    this.state = new BackupState(settings);
    this.leadership = openLeadership(settings.address);
    this.lossWatch = new LossWatch({ ...settings, log });
    this.rewritings = new Rewritings({ ...settings, log, isLeader: () => this.leadership.isLeader() });
  }

  /** Starts the schedules and continuous backup. */
  begin(): void {
    const { schedule, drillSchedule, continuous, address, folder, recipients = [] } = this.settings;
    if (schedule !== undefined) this.addSchedule(schedule, () => this.backUp());
    if (drillSchedule !== undefined) this.addSchedule(drillSchedule, () => this.startDrill());
    this.rewritings.begin();
    if (!continuous) return;
    const { state, log, leadership, lossWatch } = this;
    const running = () => this.jobs.list().find(({ state: at }) => at === 'running');
    const backUp = () => this.resultOf(running() ?? this.backUp());
    this.shipping = new Shipping({ address, folder, recipients, state, log, leadership, lossWatch, backUp });
    this.shipping.begin();
  }

  /** Starts a full backup. Throws Refused while one runs. */
  backUp(): Job<Manifest> {
    const { address, folder, recipients } = this.settings;
    return this.jobs.start(async (context, backupId) => {
      try {
        // What is missing is in the backups, and a backup of what is left would push it out of them.
        const loss = await this.lossWatch.check();
        if (loss) throw backupOfLossyLog(loss);
        const manifest = await runBackup({ address, folder, backupId, recipients }, context);
        this.state.backedUp();
        const removed = await this.pruneOld();
        await this.rewritings.backedUp();
        const { file, position, bytes, durationMs: ms } = manifest;
        this.log.info({ msg: 'backed up', file, position, bytes, ms, removed });
        return manifest;
      } catch (error) {
        if (!context.signal.aborted && !this.isLeftOut('backup', error)) {
          this.state.backupFailed(error);
          this.logFailure('backup failed', error);
        }
        throw error;
      }
    });
  }

  /** Starts a drill. Throws Refused while one runs. */
  startDrill(): Job<DrillProof> {
    const { folder, address } = this.settings;
    return this.drills.start(async (context) => {
      try {
        const storeId = await identityToDrill(address, folder);
        const proof = await runDrill({ folder, storeId }, context);
        const { backup, position, ms } = proof;
        this.log.info({ msg: 'restore drill done', backup, position, ms });
        return proof;
      } catch (error) {
        if (!context.signal.aborted && !this.isLeftOut('restore drill', error))
          this.logFailure('restore drill failed', error);
        throw error;
      }
    });
  }

  /** Whether this process is the one, of all on the store, that does what is scheduled. */
  isLeader(): Promise<boolean> {
    return this.leadership.isLeader();
  }

  /** Makes a full backup or a drill, and waits for its end. Throws what it failed with. */
  async make(what: 'backup' | 'drill'): Promise<void> {
    const { error } =
      what === 'backup' ? await this.jobs.ended(this.backUp()) : await this.drills.ended(this.startDrill());
    // A backup of which somebody was erased meanwhile.
    await this.rewritings.settled();
    if (error) throw error;
  }

  /** Waits until what was left at the start is done: the log is shipped, and copies are rewritten. */
  async endRest(): Promise<void> {
    await this.shipping?.hasPassed;
    await this.rewritings.settled();
  }

  /** Returns this process's running and failed backups, then the folder's backups; each newest first. */
  async list(): Promise<(Job<Manifest> | Manifest)[]> {
    const manifests = await listBackups(this.settings.folder);
    const inFolder = new Set(manifests.map(({ backupId }) => backupId));
    return [...this.jobs.list().filter(({ id }) => !inFolder.has(id)), ...manifests];
  }

  /** Throws NotFound. */
  async get(id: string): Promise<Job<Manifest> | Manifest> {
    const job = this.jobs.list().find((each) => each.id === id);
    if (job) return job;
    const manifest = (await listBackups(this.settings.folder)).find(({ backupId }) => backupId === id);
    if (!manifest) throw noSuchBackup(id, this.settings.folder);
    return manifest;
  }

  /** Throws NotFound. */
  drill(id: string): Job<DrillProof> {
    return this.drills.get(id);
  }

  /** Cancels the backup, of which nothing remains. Throws NotFound. */
  cancel(id: string): Promise<Job<Manifest>> {
    return this.jobs.cancel(id);
  }

  /** Cancels the drill. Throws NotFound. */
  cancelDrill(id: string): Promise<Job<DrillProof>> {
    return this.drills.cancel(id);
  }

  /** Cancels what runs, and ships what is left. */
  async close(): Promise<void> {
    for (const schedule of this.schedules) schedule.stop();
    await Promise.all([this.jobs.close(), this.drills.close(), this.rewritings.close()]);
    await this.shipping?.close();
    await this.lossWatch.close();
    await this.leadership.close();
  }

  private addSchedule(expression: string, begin: () => unknown): void {
    const failed = (error: unknown) => {
      // The previous one is still running, so this one is left out.
      if (!(error instanceof Refused)) this.logFailure('a scheduled backup or drill could not start', error);
    };
    const options = { timezone: 'UTC', unref: true, catch: failed };
    this.schedules.push(
      new Cron(expression, options, async () => {
        if (await this.leadership.isLeader()) begin();
      }),
    );
  }

  private async resultOf(job: Job<Manifest>): Promise<Manifest | undefined> {
    return (await this.jobs.ended(job)).result;
  }

  /** Removes old backups and returns their names. A failure to remove does not fail the new backup. */
  private async pruneOld(): Promise<string[]> {
    const { folder, keep, address } = this.settings;
    try {
      return (await prune(folder, keep, address)).map(({ file }) => file);
    } catch (error) {
      this.logFailure('old backups could not be removed', error);
      return [];
    }
  }

  /** Another process is doing the same in the folder: no failure, so the last outcome stays as it is. */
  private isLeftOut(what: string, error: unknown): boolean {
    const isRefused = error instanceof Refused && error.code.endsWith('.running');
    if (isRefused) this.log.info({ msg: `${what} left out`, why: error.message });
    return isRefused;
  }

  /** Logs at error level, because a person must act. */
  private logFailure(msg: string, error: unknown): void {
    this.log.error({ msg, ...failureFields(error) });
  }
}
