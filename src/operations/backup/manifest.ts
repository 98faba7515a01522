import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LiveDigest } from '../verify/live-digests.js';
import { damagedBackup, foreignBackup, unreadableBackup } from './backup-errors.js';
import { isPacked, type PackedFile } from './zstd-files.js';

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
  /** To whom the data file is encrypted, age recipients; absent if it is not. `verified` before that. */
  encryptedTo?: string[];
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
  /**
   * How far in the ledger of erasures the data file is free of those who were erased; absent while nobody
   * was.
   */
  ledger?: LedgerStamp | undefined;
  /** When the data file was last written again without erased users, and what it was before. */
  rewritten?: Rewritten;
  /** While the data file is exchanged for another one: what is said of that. */
  next?: Manifest;
}

/** How far in the ledger of erasures a copy of the store is free of those who were erased. */
export interface LedgerStamp {
  /** How many entries. */
  entries: number;
  /** Digest of the last of them. */
  digest: string;
}

/** The last rewriting of a copy. */
export interface Rewritten {
  /** ISO 8601. */
  at: string;
  /** SHA-256 of the data file before. */
  previousSha256: string;
  /** The erasures whose users were in it. */
  erasureIds: string[];
}

/** Returns a backup's name without extension. Names sort by the times at which the backups began. */
export function backupName(createdAt: Date): string {
  return `edgesoul_backup_${createdAt.toISOString().replaceAll(/[:.]/g, '-')}`;
}

/** Returns the name of the manifest that belongs to a data file. */
export function manifestOf(file: string): string {
  return file.replace(/\.(db|ndjson)\.zst(\.age)?$/, '.json');
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
  return settled(folder, manifest as Manifest);
}

/** Between the renames of a data file and of its manifest, the file tells which description is right. */
async function settled(folder: string, { next, ...manifest }: Manifest): Promise<Manifest> {
  return next && (await isPacked(join(folder, next.file), next)) ? next : manifest;
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
