import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LiveDigest } from '../verify/live-digests.js';
import { damagedBackup, foreignBackup, unreadableBackup } from './backup-errors.js';
import type { PackedFile } from './zstd-files.js';

/** What a manifest says of itself, so that a release knows whether it can read it. */
export const MANIFEST_FORMAT = 1;

/** How the data was taken: the whole file of SQLite, or the log and what cannot be folded from it, as lines. */
export type BackupKind = 'sqlite' | 'lines';

/** Where a backup's log ends. */
export interface BackupEnd {
  /** Of the last event; 0 for an empty log. */
  position: number;
  /** Its hash: the whole log's fingerprint. */
  chainHead: string;
  /** When it was recorded, ISO 8601; null for an empty log. */
  recordedAt: string | null;
}

/** How long one part of a long piece of work took. */
export interface StepTime {
  step: string;
  ms: number;
}

/** What a full backup holds. It is written last: a backup exists when its manifest does. */
export interface Manifest extends BackupEnd, PackedFile {
  format: number;
  backupId: string;
  /** The data's file, beside the manifest. */
  file: string;
  kind: BackupKind;
  /** When it was begun, ISO 8601. */
  createdAt: string;
  /** Before compression. */
  rawBytes: number;
  events: number;
  receipts: number;
  /** The schema: the migrations that made it. */
  migrations: string[];
  projections: LiveDigest[];
  /** It was read again, opened and compared after it was written. */
  verified: boolean;
  durationMs: number;
  steps: StepTime[];
}

/** What the folder's backups have in their names, and in which order they sort. */
export function backupName(createdAt: Date): string {
  return `edgesoul_backup_${createdAt.toISOString().replaceAll(/[:.]/g, '-')}`;
}

/** Reads a manifest; throws Corrupt or Refused, naming the file. */
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
    throw damagedBackup(path, 'it is no JSON', cause);
  }
  if (manifest?.format !== MANIFEST_FORMAT) {
    throw foreignBackup(path, `it is no manifest of format ${MANIFEST_FORMAT}`);
  }
  const absent = FIELDS.filter((field) => manifest[field] === undefined);
  if (absent.length > 0) throw damagedBackup(path, `it lacks ${absent.join(', ')}`);
  if (manifest.file !== basename(String(manifest.file))) {
    throw foreignBackup(path, 'it names a file of another folder');
  }
  return manifest as Manifest;
}

const FIELDS = [
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
