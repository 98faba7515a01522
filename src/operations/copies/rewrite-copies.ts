import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { StoreError } from '../../errors.js';
import { erasedCopiesTable } from '../../events/log/erasure/erasure-tables.js';
import { inBatch } from '../../events/log/in-batch.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { makeFolders } from '../../store/make-folders.js';
import { openStoreAt, type OpenStore } from '../../store/open-log.js';
import { takeLock, type FolderLock } from '../../store/sqlite/folder-lock.js';
import { writeMark } from '../../store/store-marks.js';
import { folderLocked } from '../backup/backup-errors.js';
import { namesIn, publish, removePartials, writingTo } from '../backup/backup-folder.js';
import type { Manifest } from '../backup/manifest.js';
import { SCRATCH } from '../backup/scratch-names.js';
import { sha256Of } from '../backup/zstd-files.js';
import type { Progress } from '../job-context.js';
import { segmentsFolder } from '../shipping/segments.js';
import type { CopiesMark } from './copies-mark.js';
import { exchangeBackup, finishExchanges, stampBackup } from './exchange.js';
import { stampedEntries, stampOf } from './ledger.js';
import { removeLeftovers } from './leftovers.js';
import { syncLedger } from './logged-erasures.js';
import { isCovered, ownCopies, owedBy, withLog, type Copy, type OwnEntry } from './own-copies.js';
import type { UnreadableCopy } from './own-copies.js';
import { whyUnreachable } from './reachable.js';
import { rewriteBackup } from './rewrite-backup.js';
import { rewriteLines } from './rewrite-lines.js';

export interface RewriteInput {
  address: DatabaseAddress;
  /** The backup folder. */
  folder: string;
  /** How long another process may hold the folder's lock for this, ms; 0 to refuse at once. */
  waitMs?: number;
}

/** A file that was rewritten. */
export interface RewrittenCopy {
  file: string;
  previousSha256: string;
  sha256: string;
  /** The erasures whose users were in it; none if only its mark is new. */
  erasureIds: string[];
}

export interface RewriteReport {
  /** Erasures that the ledger has. */
  erasures: number;
  /** Copies that were looked at. */
  copies: number;
  rewritten: RewrittenCopy[];
  /** Copies that could not be rewritten: they may have who was erased. */
  unreached: UnreadableCopy[];
  ms: number;
}

const LOCK_RETRY_MS = 250;

/**
 * Rewrites every backup and every segment of the store that has somebody who was erased. Each file is exchanged
 * at once, and says how far in the ledger it is free: so a rewriting that was killed goes on with the rest.
 * Throws Refused while another process does it.
 */
export function rewriteCopies(input: RewriteInput, progress?: Progress): Promise<RewriteReport> {
  const { folder, address } = input;
  if (!existsSync(folder)) return Promise.resolve(NOTHING);
  return writingTo(folder, async () => {
    const lock = await lockOf(input);
    const store = openStoreAt(address);
    try {
      await removePartials(folder, SCRATCH.rewriting);
      await removeLeftovers(folder);
      await finishExchanges(folder);
      return await new Rewriting(store, input, progress).run();
    } finally {
      await store.close();
      lock.close();
    }
  });
}

const NOTHING: RewriteReport = { erasures: 0, copies: 0, rewritten: [], unreached: [], ms: 0 };

async function lockOf({ folder, waitMs = 0 }: RewriteInput): Promise<FolderLock> {
  for (let waited = 0; ; waited += LOCK_RETRY_MS) {
    const lock = takeLock(join(folder, 'rewriting.lock'));
    if (lock) return lock;
    if (waited >= waitMs) throw folderLocked(folder, 'rewriting');
    await pause(LOCK_RETRY_MS);
  }
}

class Rewriting {
  private readonly started = performance.now();
  private readonly rewritten: RewrittenCopy[] = [];
  private readonly unreached = new Map<string, string>();
  /** Files that were looked at, with the number of entries that they were looked at for. */
  private readonly seen = new Map<string, number>();
  private ledger: OwnEntry[] = [];

  constructor(
    private readonly store: OpenStore,
    private readonly input: RewriteInput,
    private readonly progress: Progress = () => undefined,
  ) {}

  async run(): Promise<RewriteReport> {
    for (;;) {
      await this.readLedger();
      const todo = this.ledger.length === 0 ? [] : await this.todo();
      if (todo.length === 0) break;
      for (const [i, copy] of todo.entries()) {
        this.progress(i, todo.length);
        this.seen.set(copy.file, this.ledger.length);
        await this.take(copy);
      }
      this.progress(todo.length, todo.length);
      // Somebody may have been erased meanwhile, and a file been finished that was begun before.
    }
    const unreached = [...this.unreached].map(([file, why]) => ({ file, why }));
    await this.mark(unreached);
    return {
      erasures: this.ledger.length,
      copies: this.seen.size,
      rewritten: this.rewritten,
      unreached,
      ms: Math.round(performance.now() - this.started),
    };
  }

  private async readLedger(): Promise<void> {
    const { folder, address } = this.input;
    this.ledger = await withLog(this.store.reader, await syncLedger(folder, address));
  }

  private async todo(): Promise<Copy[]> {
    const { copies, unreadable } = await ownCopies(this.input.folder, this.store.reader);
    for (const { file, why } of unreadable) this.unreached.set(file, why);
    return copies.filter((copy) => {
      if (this.seen.get(copy.file) === this.ledger.length) return false;
      const isStamped = stampedEntries(copy.ledger, this.ledger) === this.ledger.length;
      return 'manifest' in copy ? !isStamped : owedBy(copy, this.ledger).length > 0;
    });
  }

  /** A copy that cannot be rewritten does not keep the others from it. */
  private async take(copy: Copy): Promise<void> {
    const owed = owedBy(copy, this.ledger);
    const why = owed.length > 0 ? whyUnreachable(copy) : undefined;
    const scratch = join(this.input.folder, `${SCRATCH.rewriting}${copy.file.replaceAll(/\W/g, '-')}`);
    try {
      if (why === undefined) {
        makeFolders(scratch);
        await ('manifest' in copy
          ? this.rewriteBackup(copy.manifest, owed, scratch)
          : this.rewriteSegment(copy, owed, scratch));
        this.unreached.delete(copy.file);
      } else this.unreached.set(copy.file, why);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.unreached.set(copy.file, error.message);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  private async rewriteBackup(manifest: Manifest, owed: OwnEntry[], scratch: string): Promise<void> {
    const { folder } = this.input;
    const ledger = stampOf(this.ledger);
    const written = owed.length > 0 ? await rewriteBackup(folder, scratch, manifest, owed) : undefined;
    if (!written) return stampBackup(folder, manifest, { ...manifest, ledger });
    const { erasureIds, ...described } = written;
    const rewritten = { at: new Date().toISOString(), previousSha256: manifest.sha256, erasureIds };
    const after = { ...manifest, ...described, verified: true, ledger, rewritten };
    const copy = { file: manifest.file, previousSha256: manifest.sha256, sha256: written.sha256, erasureIds };
    await this.record(copy);
    if (await exchangeBackup(folder, scratch, manifest, after)) this.rewritten.push(copy);
    else await this.record(copy, { undo: true });
  }

  private async rewriteSegment(
    copy: Extract<Copy, { segment: object }>,
    owed: OwnEntry[],
    scratch: string,
  ): Promise<void> {
    const folder = segmentsFolder(this.input.folder);
    const name = copy.segment.file;
    const previousSha256 = await sha256Of(join(folder, name));
    const header = {
      ledger: stampOf(this.ledger),
      rewritten: { at: new Date().toISOString(), previousSha256 },
    };
    const byUser = Map.groupBy(owed, ({ userId }) => userId);
    const written = await rewriteLines(join(folder, name), { folder: scratch, name, header }, (userId, at) =>
      byUser.get(userId)?.find((entry) => isCovered(copy, entry, at)),
    );
    // Retention may have removed it meanwhile, or a merged segment taken its place.
    if (!(await namesIn(folder)).includes(name)) return;
    const { sha256, erasureIds } = written;
    const rewritten = { file: copy.file, previousSha256, sha256, erasureIds: [...erasureIds] };
    await this.record(rewritten);
    await publish(scratch, folder, [name]);
    this.rewritten.push(rewritten);
  }

  /**
   * Writes what certificates say of the copy. It comes before the exchange of the file: a process that is killed
   * between the two writes it again with the next rewriting, and until then the copy is listed as one that has
   * the person.
   */
  private async record(copy: RewrittenCopy, { undo = false } = {}): Promise<void> {
    const { erasureIds, ...written } = copy;
    if (erasureIds.length === 0) return;
    const rewrittenAt = Date.now();
    await this.store.log.transaction((transaction) =>
      inBatch(transaction, (rows) => {
        for (const erasureId of erasureIds)
          if (undo) rows.remove(erasedCopiesTable, erasureId, copy.file);
          else rows.put(erasedCopiesTable, { erasureId, ...written, rewrittenAt });
      }),
    );
  }

  private async mark(unreached: UnreadableCopy[]): Promise<void> {
    const position = this.ledger.reduce((last, entry) => (entry.isOnLog ? entry.position : last), 0);
    if (position === 0) return;
    // Whoever unpacks something from now on finds copies that were rewritten.
    const inUse = await removeLeftovers(this.input.folder);
    const mark: CopiesMark = { position, at: new Date().toISOString(), unreached, inUse };
    await writeMark(this.store.log, 'copies', mark);
  }
}
