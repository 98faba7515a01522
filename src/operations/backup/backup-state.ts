import { StoreError } from '../../errors.js';
import { listBackups } from './backup-folder.js';
import { lastDrill, type DrillResult } from './drill.js';
import type { Manifest } from './manifest.js';

/** How the backups stand, for health, metrics and status. */
export interface BackupStatus {
  /** The newest full backup. */
  lastBackup: Pick<Manifest, 'file' | 'createdAt' | 'position' | 'bytes'> | null;
  /** Why the last attempt of this process failed; null where it did not. */
  backupError: string | null;
  /** Whether this process ships; null where backups are not continuous. */
  shipping: {
    /** Up to here the log is in the backup folder; null before the first pass. */
    position: number | null;
    error: string | null;
  } | null;
  lastDrill: Pick<DrillResult, 'ok' | 'at' | 'lastSuccessAt'> | null;
  drillError: string | null;
}

/** What this process knows of its backups: read from the folder once, kept up to date by whoever makes them. */
export class BackupState {
  private last: BackupStatus['lastBackup'] = null;
  private error: string | null = null;
  private shipped: BackupStatus['shipping'];
  private drill: DrillResult | undefined;
  private readonly read: Promise<void>;

  constructor(private readonly settings: { folder: string; continuous: boolean }) {
    this.shipped = settings.continuous ? { position: null, error: null } : null;
    this.read = this.readFolder();
  }

  async status(): Promise<BackupStatus> {
    await this.read;
    return this.now;
  }

  /** The same without waiting: before the folder has been read nothing is known. */
  get now(): BackupStatus {
    const { drill } = this;
    return {
      lastBackup: this.last,
      backupError: this.error,
      shipping: this.shipped,
      lastDrill: drill ? { ok: drill.ok, at: drill.at, lastSuccessAt: drill.lastSuccessAt } : null,
      drillError: drill?.error?.message ?? null,
    };
  }

  backedUp({ file, createdAt, position, bytes }: Manifest): void {
    this.last = { file, createdAt, position, bytes };
    this.error = null;
  }

  backupFailed(error: unknown): void {
    this.error = whyOf(error);
  }

  shippedUpTo(position: number): void {
    this.shipped = { position, error: null };
  }

  shippingFailed(error: unknown): void {
    this.shipped = { position: this.shipped?.position ?? null, error: whyOf(error) };
  }

  /** A drill has ended; what it has shown is in the folder. */
  async drilled(): Promise<void> {
    this.drill = await lastDrill(this.settings.folder);
  }

  private async readFolder(): Promise<void> {
    const [newest] = await listBackups(this.settings.folder).catch(() => []);
    if (newest && !this.last) this.backedUp(newest);
    await this.drilled();
  }
}

function whyOf(error: unknown): string {
  return error instanceof StoreError ? error.message : 'It failed unexpectedly; the log has the cause.';
}
