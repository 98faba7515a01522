import { dirname } from 'node:path';
import { failureFields } from '../../logged-failure.js';
import type { Reads } from '../../projections/reads/reads.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { openLog } from '../../store/open-log.js';
import { readStore } from '../../store/open-store-reader.js';
import { readHeadFile, writeHeadFile, type RememberedHead } from '../../store/sqlite/head-file.js';
import { writeMark } from '../../store/store-marks.js';
import type { BackupLog } from '../backup/backup-log.js';
import { shortHash } from '../shipping/segments.js';
import { findLoss, type Loss } from './find-loss.js';
import type { KnownEnd } from './known-ends.js';
import { lossText } from './loss-errors.js';

/** Interval at which the head is remembered and compared with what is remembered of it, ms. */
const REMEMBER_EVERY_MS = 2_000;
/** The backup folder is compared once in so many intervals. */
const INTERVALS_PER_CHECK = 30;

interface LossWatchParts {
  address: DatabaseAddress;
  /** The service's reads: the head is looked at far too often to open a connection each time. */
  reads: HeadReads;
  /** The backup folder. */
  folder: string;
  log: BackupLog;
}

type HeadReads = Pick<Reads, 'logHead' | 'hashAt'>;

/**
 * Watches that the log never ends before what was acknowledged: at the start, and while the service runs, it
 * is compared with the head file, segments and manifests, and with what this process has seen. The head is
 * remembered in the head file from time to time, and at the end.
 */
export class LossWatch {
  private found: Loss | undefined;
  private remembered: RememberedHead | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();
  private intervals = 0;
  private readonly failing = new Set<string>();

  constructor(private readonly parts: LossWatchParts) {}

  /** The acknowledged events that are missing; undefined if there are none. */
  get loss(): Loss | undefined {
    return this.found;
  }

  /** Compares for the first time; call it before the service takes commands. */
  async begin(): Promise<void> {
    const { address } = this.parts;
    if ('file' in address) this.remembered = readHeadFile(dirname(address.file));
    await this.check();
    await this.remember();
    this.timer = setInterval(() => {
      this.pass = this.pass.then(() => this.next());
    }, REMEMBER_EVERY_MS).unref();
  }

  /** Remembers the head for the last time. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.pass;
    if (this.timer) await this.remember();
  }

  /** Compares the log with everything that knows how far it went. */
  async check(): Promise<Loss | undefined> {
    const { folder, address } = this.parts;
    await this.reported('the log cannot be compared with its backups', () =>
      readStore(address, async (reader) => {
        const loss = await findLoss({ reader, folder, others: endsOf(this.remembered) });
        if (loss && !this.found) await this.report(loss);
        this.found = loss;
      }),
    );
    return this.found;
  }

  private async next(): Promise<void> {
    if (++this.intervals % INTERVALS_PER_CHECK === 0) await this.check();
    await this.remember();
  }

  /** Remembers the head, unless events before it are missing: then the head file is what knows it. */
  private async remember(): Promise<void> {
    if (this.found) return;
    await this.reported('the head of the log cannot be remembered', async () => {
      const { address, reads } = this.parts;
      const { position, hash } = await reads.logHead();
      const { remembered } = this;
      if (position === remembered?.position && hash === remembered.hash) return;
      const isBehind = remembered && remembered.position > 0 && !(await isOn(reads, remembered, position));
      if (isBehind) {
        await this.check();
        if (this.found) return;
      }
      const head = { position, hash, at: Date.now() };
      if ('file' in address) await writeHeadFile(dirname(address.file), head);
      this.remembered = head;
    });
  }

  private async report(loss: Loss): Promise<void> {
    const { address, log } = this.parts;
    const { position, keptUpTo, source } = loss;
    log.error({ msg: 'acknowledged events are missing', position, keptUpTo, source, what: lossText(loss) });
    const open = openLog(address);
    try {
      await writeMark(open.log, 'loss', loss);
    } finally {
      await open.close();
    }
  }

  /** A folder or database that cannot be read at the moment proves nothing; it is logged once. */
  private async reported(msg: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.failing.delete(msg);
    } catch (error) {
      if (!this.failing.has(msg)) this.parts.log.error({ msg, ...failureFields(error) });
      this.failing.add(msg);
    }
  }
}

async function isOn(reads: HeadReads, { position, hash }: RememberedHead, head: number): Promise<boolean> {
  return position <= head && (await reads.hashAt(position)) === hash;
}

/** Returns the end that the head file of a SQLite store knows. */
export function endsBeside(address: DatabaseAddress): KnownEnd[] {
  return 'file' in address ? endsOf(readHeadFile(dirname(address.file))) : [];
}

function endsOf(head: RememberedHead | undefined): KnownEnd[] {
  if (!head || head.position === 0) return [];
  const { position, hash, at } = head;
  return [{ position, hash: shortHash(hash), source: 'edgesoul.head', at: async () => at, inBackups: false }];
}
