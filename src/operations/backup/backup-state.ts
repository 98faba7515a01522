import { failureFields } from '../../logged-failure.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import { lastDrill, type DrillResult } from '../restore/drill.js';
import { readBackups } from './backup-folder.js';
import { isNewer } from './backup-order.js';
import type { Manifest } from './manifest.js';
import { mayBeOf } from './own-backups.js';

/** The state of the backups, for health, metrics and status. */
export interface BackupStatus {
  /** The newest full backup. */
  lastBackup: Pick<Manifest, 'file' | 'createdAt' | 'position' | 'bytes'> | null;
  /** Why this process's last backup failed, if none succeeded since; else what is wrong in the folder. */
  backupError: string | null;
  /** Null if backups are not continuous. */
  shipping: {
    /** Position up to which this process has shipped the log; null before its first pass. */
    position: number | null;
    error: string | null;
  } | null;
  lastDrill: Pick<DrillResult, 'ok' | 'at' | 'lastSuccessAt'> | null;
  drillError: string | null;
}

/** What is known about the backups: the folder shows what was made, this process knows what has failed. */
export class BackupState {
  private failure: { why: string; at: number } | undefined;
  private shipping: BackupStatus['shipping'];
  private identity: Promise<string | undefined> | undefined;

  /** `address` is of the store: backups of other stores in the folder do not count. */
  constructor(private readonly settings: { folder: string; continuous: boolean; address?: DatabaseAddress }) {
    this.shipping = settings.continuous ? { position: null, error: null } : null;
  }

  async status(): Promise<BackupStatus> {
    const { folder } = this.settings;
    const storeId = await this.storeId();
    const [{ newest, why }, drill] = await Promise.all([
      this.newestIn(folder, storeId),
      lastDrill(folder, storeId),
    ]);
    const { failure } = this;
    const isMended = newest && failure && Date.parse(newest.createdAt) > failure.at;
    return {
      lastBackup: newest ? summaryOf(newest) : null,
      backupError: (failure && !isMended ? failure.why : null) ?? why,
      shipping: this.shipping,
      lastDrill: drill ? { ok: drill.ok, at: drill.at, lastSuccessAt: drill.lastSuccessAt } : null,
      drillError: drill?.error?.message ?? null,
    };
  }

  /** Returns the newest backup of the folder, and what is wrong with a newer one or with the folder. */
  private async newestIn(
    folder: string,
    storeId: string | undefined,
  ): Promise<{ newest?: Manifest | undefined; why: string | null }> {
    try {
      const { backups, broken } = await readBackups(folder);
      const newest = backups.find((backup) => mayBeOf(storeId, backup));
      const [last] = broken;
      const isLast = last && (!newest || isNewer(last, newest));
      return { newest, why: isLast ? last.why : null };
    } catch (error) {
      return { why: reasonOf(error) };
    }
  }

  /** Read once: the metrics ask often. */
  private storeId(): Promise<string | undefined> {
    const { address } = this.settings;
    this.identity ??= address
      ? readStore(address, (reader) => reader.storeId()).catch(() => {
          this.identity = undefined;
          return undefined;
        })
      : Promise.resolve(undefined);
    return this.identity;
  }

  backedUp(): void {
    this.failure = undefined;
  }

  backupFailed(error: unknown): void {
    this.failure = { why: reasonOf(error), at: Date.now() };
  }

  shippedUpTo(position: number): void {
    this.shipping = { position, error: null };
  }

  shippingFailed(error: unknown): void {
    this.shipping = { position: this.shipping?.position ?? null, error: reasonOf(error) };
  }
}

function summaryOf({ file, createdAt, position, bytes }: Manifest): BackupStatus['lastBackup'] {
  return { file, createdAt, position, bytes };
}

function reasonOf(error: unknown): string {
  return failureFields(error).why;
}
