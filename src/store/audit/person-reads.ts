import { Piscina } from 'piscina';
import { DAY_MS, HOUR_MS } from '../../durations.js';
import { unwrap, type ThreadResult } from '../../thread-result.js';
import type { DatabaseAddress } from '../database-address.js';
import type { NewPersonRead } from './person-read-rows.js';

/** A read is written within this time after its answer, ms, while the database can be written. */
const WRITE_MS = 500;
const FORGET_MS = HOUR_MS;
/** Most reads in memory while the database cannot be written; what comes then is reported as lost. */
const MOST_WAITING = 100_000;

/** How a failure to record is reported: what it is, its cause, and how many reads are lost by it. */
type Report = (what: string, error: unknown) => void;

/**
 * Records who read what of a person, off the path of the request: a process that is killed loses at most what
 * was answered in the last second. What is older than some days is removed.
 */
export class PersonReads {
  /** Learns of what could not be written. */
  onFailure: Report = () => undefined;
  private waiting: NewPersonRead[] = [];
  private lost = 0;
  private writing: Promise<void> | undefined;
  private hasFailed = false;
  private readonly thread = new Piscina({
    filename: new URL('./person-reads.worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 10_000,
  });
  private readonly timers: NodeJS.Timeout[];

  constructor(
    private readonly address: DatabaseAddress,
    private readonly keepDays: number,
  ) {
    this.timers = [
      setInterval(() => void this.write(), WRITE_MS).unref(),
      setInterval(() => void this.forget(), FORGET_MS).unref(),
    ];
    void this.forget();
  }

  /** Notes a read, which is written soon. */
  note(read: NewPersonRead): void {
    if (this.waiting.length < MOST_WAITING) this.waiting.push(read);
    else this.lost += 1;
  }

  /** Writes what is noted; no read may be noted afterwards. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.writing;
    await this.write();
    if (this.waiting.length > 0) this.reportLost(this.waiting.length);
    await this.thread.destroy();
  }

  private write(): Promise<void> {
    this.writing ??= this.writeNoted().finally(() => {
      this.writing = undefined;
    });
    return this.writing;
  }

  private async writeNoted(): Promise<void> {
    const reads = this.waiting;
    if (reads.length === 0) return;
    this.waiting = [];
    try {
      await this.run('write', { reads });
      this.hasFailed = false;
      if (this.lost > 0) this.reportLost(this.lost);
      this.lost = 0;
    } catch (error) {
      this.waiting = [...reads, ...this.waiting];
      if (!this.hasFailed) this.onFailure('reads of persons could not be recorded yet', error);
      this.hasFailed = true;
    }
  }

  private async forget(): Promise<void> {
    try {
      await this.run('forget', { before: Date.now() - this.keepDays * DAY_MS });
    } catch (error) {
      this.onFailure('old records of reads could not be removed', error);
    }
  }

  private async run(name: string, task: object): Promise<void> {
    unwrap((await this.thread.run({ address: this.address, ...task }, { name })) as ThreadResult<void>);
  }

  private reportLost(reads: number): void {
    this.onFailure('reads of persons were not recorded', new Error(`${reads} reads are lost`));
  }
}
