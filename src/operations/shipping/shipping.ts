import { failureFields } from '../../logged-failure.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import type { Leadership } from '../../store/open-leadership.js';
import type { BackupLog } from '../backup/backup-log.js';
import type { BackupState } from '../backup/backup-state.js';
import type { Manifest } from '../backup/manifest.js';
import { OperationsThread } from '../in-thread.js';
import { backupOfLossyLog } from '../loss/loss-errors.js';
import type { LossWatch } from '../loss/loss-watch.js';
import { shortHash } from './segments.js';
import type { Shipped } from './ship-log.js';

/** Pause between passes, in ms: what is older than this, plus the time to write, survives a lost machine. */
export const SHIP_EVERY_MS = 2_000;
/** Pause after a failed full backup, in ms. */
const BACKUP_RETRY_MS = 60_000;

interface ShippingParts {
  address: DatabaseAddress;
  folder: string;
  /** To whom segments are encrypted. */
  recipients: readonly string[];
  state: BackupState;
  log: BackupLog;
  leadership: Leadership;
  lossWatch: Pick<LossWatch, 'loss' | 'check'>;
  /** Makes a full backup. Returns undefined if it failed, which is logged already. */
  backUp: () => Promise<Manifest | undefined>;
}

/** Ships the log's new events to the backup folder, pass after pass, in its own thread. */
export class Shipping {
  private readonly thread = new OperationsThread();
  private readonly closing = new AbortController();
  private since: Shipped | undefined;
  private failing = false;
  private backupFailedAt = 0;
  private running: Promise<void> | undefined;
  private readonly firstPass = Promise.withResolvers<void>();

  constructor(private readonly parts: ShippingParts) {}

  begin(): void {
    this.running = this.run();
  }

  /** Resolves when the log was shipped for the first time, or could not be; also if another process does it. */
  get hasPassed(): Promise<void> {
    return this.firstPass.promise;
  }

  /** Ships what is left. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.running;
    if (this.since || (await this.parts.leadership.isLeader())) {
      await this.pass();
      if (!this.since)
        this.parts.log.error({
          msg: 'the service stops before the log was shipped to the backup folder: new events are in no backup',
        });
    }
    await this.thread.close();
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      if (await this.parts.leadership.isLeader()) await this.pass();
      // Another process ships now. When this one leads again, it first determines where the folder ends.
      else this.since = undefined;
      this.firstPass.resolve();
      await pause(SHIP_EVERY_MS, signal);
    }
    this.firstPass.resolve();
  }

  private async pass(): Promise<void> {
    const { address, folder, recipients, state, log, lossWatch } = this.parts;
    try {
      if (lossWatch.loss) throw backupOfLossyLog(lossWatch.loss);
      this.since =
        (await this.thread.run('ship', { address, folder, recipients, since: this.since })) ??
        (await this.backUpFully());
      if (!this.since) return;
      state.shippedUpTo(this.since.position);
      if (this.failing) log.info({ msg: 'continuous backup resumed', position: this.since.position });
      this.failing = false;
    } catch (error) {
      state.shippingFailed(error);
      // Logged once, not at every pass.
      if (!this.failing) log.error({ msg: 'continuous backup failed', ...failureFields(error) });
      this.failing = true;
    }
  }

  private async backUpFully(): Promise<Shipped | undefined> {
    // The log may be shorter than what was shipped, and a full backup of it would begin a second past.
    const loss = await this.parts.lossWatch.check();
    if (loss) throw backupOfLossyLog(loss);
    if (this.closing.signal.aborted || Date.now() - this.backupFailedAt < BACKUP_RETRY_MS) return undefined;
    const manifest = await this.parts.backUp();
    if (!manifest) {
      this.backupFailedAt = Date.now();
      return undefined;
    }
    return { position: manifest.position, hash: shortHash(manifest.chainHead) };
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
