import { existsSync } from 'node:fs';
import { Refused } from '../../errors.js';
import { lastErasure } from '../../events/log/erasure/last-erasure.js';
import { failureFields } from '../../logged-failure.js';
import type { Reads } from '../../projections/reads/reads.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import type { BackupLog } from '../backup/backup-log.js';
import { inThread } from '../in-thread.js';
import { Jobs, type Job } from '../jobs.js';
import { removeLeftovers } from './leftovers.js';
import { syncLedger } from './logged-erasures.js';
import type { RewriteReport } from './rewrite-copies.js';

/** Interval at which it is looked whether another process, or a command, has erased somebody, ms. */
const CHECK_EVERY_MS = 30_000;

interface RewritingsParts {
  address: DatabaseAddress;
  reads: Reads;
  /** The backup folder. */
  folder: string;
  log: BackupLog;
  /** Whether this process does what one of the processes of a store does. */
  isLeader: () => Promise<boolean>;
}

/** Takes erased users out of the backups of one service: after each erasure, and for what was left. */
export class Rewritings {
  readonly jobs = new Jobs<RewriteReport>('rewriting');
  private isAskedAgain = false;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  /** Position of the last erasure that the copies were rewritten for by this process. */
  private doneUpTo = 0;

  constructor(private readonly parts: RewritingsParts) {}

  /** Goes on with what a killed process has left, and looks from time to time for more. */
  begin(): void {
    const look = () => {
      this.looking = this.look().catch(() => undefined);
    };
    look();
    this.timer = setInterval(look, CHECK_EVERY_MS).unref();
  }

  /** Resolves when none runs, and none is about to. */
  async settled(): Promise<void> {
    await this.looking;
    for (let job = this.running; job; job = this.running) await this.jobs.whenEnded(job);
  }

  /**
   * Writes the ledger, so that no restore brings the user back from now on, and rewrites the copies beside the
   * service. A folder that cannot be written does not undo the erasure: it is logged, and tried again.
   */
  async erased(): Promise<void> {
    const { folder, address, log } = this.parts;
    try {
      await syncLedger(folder, address);
    } catch (error) {
      log.error({ msg: 'the ledger of erasures cannot be written', ...failureFields(error) });
    }
    this.ask();
  }

  /** Starts a rewriting. Throws Refused while one runs. */
  start(): Job<RewriteReport> {
    const { folder, address, log } = this.parts;
    return this.jobs.start(async (context) => {
      try {
        const upTo = await this.lastErasure();
        const report = await inThread('rewrite', { folder, address }, context);
        this.doneUpTo = upTo;
        const { rewritten, unreached, ms } = report;
        if (rewritten.length > 0)
          log.info({ msg: 'backups rewritten without erased users', files: rewritten.length, ms });
        if (unreached.length > 0)
          log.error({ msg: 'backups may have erased users', files: unreached.map(({ file }) => file) });
        return report;
      } catch (error) {
        if (!context.signal.aborted && !(error instanceof Refused))
          log.error({ msg: 'backups cannot be rewritten without erased users', ...failureFields(error) });
        throw error;
      }
    });
  }

  /** Rewrites a backup that was made while somebody was erased. */
  async backedUp(): Promise<void> {
    if ((await this.lastErasure()) > 0) this.ask();
  }

  /** Starts a rewriting, or has another one follow the one that runs. */
  ask(): void {
    if (this.running) {
      this.isAskedAgain = true;
      return;
    }
    this.isAskedAgain = false;
    void this.followed(this.start());
  }

  private get running(): Job<RewriteReport> | undefined {
    return this.jobs.list().find(({ state }) => state === 'running');
  }

  private async followed(job: Job<RewriteReport>): Promise<void> {
    await this.jobs.whenEnded(job);
    if (this.isAskedAgain && job.state !== 'cancelled') this.ask();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.isAskedAgain = false;
    await this.jobs.close();
  }

  private async look(): Promise<void> {
    const { folder, isLeader } = this.parts;
    if (!existsSync(folder) || !(await isLeader())) return;
    await removeLeftovers(folder);
    if ((await this.lastErasure()) > this.doneUpTo) this.ask();
  }

  private lastErasure(): Promise<number> {
    const { reads } = this.parts;
    return lastErasure((table, query) => reads.list(table, query));
  }
}
