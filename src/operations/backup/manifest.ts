import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LiveDigest } from '../verify/live-digests.js';
import { damagedBackup, foreignBackup, unreadableBackup } from './backup-errors.js';
import type { PackedFile } from './zstd-files.js';

/** The format number of manifests. A release refuses any other. */
export const MANIFEST_FORMAT = 1;

/** The data file: a whole SQLite file, or lines with the log and what cannot be folded from it. */
export type BackupKind = 'sqlite' | 'lines';

/** Where a backup's log ends. */
export interface BackupEnd {
  /** Position of the last event; 0 for an empty log. */
  position: number;
  /** Hash of the last event: the whole log's fingerprint. */
  chainHead: string;
  /** When the last event was recorded, ISO 8601; null for an empty log. */
  recordedAt: string | null;
}

export interface StepTime {
  step: string;
  ms: number;
}

/** Describes a full backup. It is written last: a backup exists when its manifest does. */
export interface Manifest extends BackupEnd, PackedFile {
  format: number;
  backupId: string;
  /** The UUID that names the store; absent in a backup of a release whose stores had none. */
  storeId?: string;
  /**
   * Which backup of its folder it is, counted from 1; absent in manifests of older releases. Unlike times, it
   * never goes back.
   */
  sequence?: number;
  /** Name of the data file, beside the manifest. */
  file: string;
  kind: BackupKind;
  /** When the backup began, ISO 8601. */
  createdAt: string;
  /** Size before compression, in bytes. */
  rawBytes: number;
  events: number;
  receipts: number;
  /** The migrations that made the schema. */
  migrations: string[];
  projections: LiveDigest[];
  /** Whether it was read again, opened and compared after it was written. */
  verified: boolean;
  durationMs: number;
  steps: StepTime[];
}

/** Returns a backup's name without extension. Names sort by the times at which the backups began. */
export function backupName(createdAt: Date): string {
  return `edgesoul_backup_${createdAt.toISOString().replaceAll(/[:.]/g, '-')}`;
}

/** Returns the name of the manifest that belongs to a data file. */
export function manifestOf(file: string): string {
  return file.replace(/\.(db|ndjson)\.zst$/, '.json');
}

/** Reads a manifest. Throws Corrupt, Refused or Unavailable, naming the file. */
export async function readManifest(folder: string, name: string): Promise<Manifest> {
  const path = join(folder, name);
  let manifest: Partial<Manifest> | null;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if ((cause as { code?: string }).code === 'ENOENT') throw damagedBackup(path, 'it is missing', cause);
    throw unreadableBackup(path, cause);
  });
  try {
    manifest = JSON.parse(text) as Partial<Manifest> | null;
  } catch (cause) {
    throw damagedBackup(path, 'it is not JSON', cause);
  }
  if (manifest?.format !== MANIFEST_FORMAT) {
    throw foreignBackup(path, `it is not a manifest of format ${MANIFEST_FORMAT}`);
  }
  const absent = REQUIRED_FIELDS.filter((field) => manifest[field] === undefined);
  if (absent.length > 0) throw damagedBackup(path, `it lacks ${absent.join(', ')}`);
  if (manifest.file !== basename(String(manifest.file))) {
    throw foreignBackup(path, 'it names a file in another folder');
  }
  return manifest as Manifest;
}

const REQUIRED_FIELDS = [
  'backupId',
  'file',
  'kind',
  'createdAt',
  'bytes',
  'sha256',
  'rawBytes',
  'position',
  'chainHead',
  'events',
  'receipts',
  'migrations',
  'projections',
] as const;
