import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
// A default import: on an older Node.js a missing named export would fail before the check of its version.
import zlib from 'node:zlib';
import { namesIn } from '../backup/backup-folder.js';
import type { LedgerStamp } from '../backup/manifest.js';
import { descriptionOf, ENCRYPTED } from '../encryption/encrypted-files.js';
import type { LogHeader } from '../lines/log-line.js';

/** Digits of a hash in a segment's name: enough to tell histories apart. The content is checked in full. */
export const SHORT_HASH_DIGITS = 16;
const POSITION_DIGITS = 12;
const SEGMENT_NAME = /^edgesoul_log_(\d+)-(\d+)_([0-9a-f]{16})_([0-9a-f]{16})\.ndjson\.zst(?:\.age)?$/;

/** A sealed part of the log, named by its range and the hashes of the events before it and at its end. */
export interface Segment {
  file: string;
  /** Position of its first event. */
  from: number;
  /** Position of its last event. */
  to: number;
  /** First digits of the hash of the event before the first one. */
  previousHash: string;
  /** First digits of the hash of the last event. */
  lastHash: string;
}

export function segmentsFolder(backups: string): string {
  return join(backups, 'segments');
}

/** Returns the name of the segment that begins after one event and ends with another. */
export function segmentName(
  before: { position: number; hash: string },
  last: { position: number; hash: string },
): string {
  const range = `${padded(before.position + 1)}-${padded(last.position)}`;
  return `edgesoul_log_${range}_${shortHash(before.hash)}_${shortHash(last.hash)}.ndjson.zst`;
}

/** Returns the first digits of a hash, as in the names of segments. */
export function shortHash(hash: string): string {
  return hash.slice(0, SHORT_HASH_DIGITS);
}

function padded(position: number): string {
  return String(position).padStart(POSITION_DIGITS, '0');
}

/** Returns every segment, by position. */
export async function listSegments(backups: string): Promise<Segment[]> {
  const names = await namesIn(segmentsFolder(backups));
  return names
    .map(segmentOf)
    .filter((segment) => segment !== undefined)
    .toSorted((a, b) => a.from - b.from || a.to - b.to);
}

function segmentOf(file: string): Segment | undefined {
  const [, from, to, previousHash, lastHash] = SEGMENT_NAME.exec(file) ?? [];
  if (previousHash === undefined || lastHash === undefined) return undefined;
  return { file, from: Number(from), to: Number(to), previousHash, lastHash };
}

/** When a segment was sealed, and which store it is of. */
export interface Seal {
  /** Ms UTC; 0 if it cannot be read. */
  sealedAt: number;
  /** Number of the folder's last backup at that time; absent in segments of older releases. */
  sequence?: number | undefined;
  /** Undefined if it cannot be read, or if a release sealed it whose stores had no identity. */
  storeId?: string | undefined;
  /** How far in the ledger of erasures it is free of those who were erased. */
  ledger?: LedgerStamp | undefined;
}

/** What stands beside an encrypted segment, so that its seal can be read without a secret key. */
export interface SealedBeside {
  format: 1;
  createdAt: string;
  backup?: number | undefined;
  storeId: string;
  ledger?: LedgerStamp | undefined;
  bytes: number;
  sha256: string;
  encryptedTo: string[];
}

/** Reads the seal of a segment from its first line, or of an encrypted one from the file beside it. */
export async function sealOf(backups: string, { file }: Segment): Promise<Seal> {
  if (file.endsWith(ENCRYPTED)) return sealBeside(join(segmentsFolder(backups), file));
  const source = createReadStream(join(segmentsFolder(backups), file), { highWaterMark: 16_384 });
  const text = pipeline(source, zlib.createZstdDecompress({ chunkSize: 4_096 }), () => undefined);
  let line = '';
  try {
    for await (const piece of text) {
      line += (piece as Buffer).toString();
      if (line.includes('\n')) break;
    }
    const { createdAt, backup, storeId, ledger } = JSON.parse(line.split('\n')[0] ?? '') as LogHeader;
    return { sealedAt: Date.parse(createdAt) || 0, sequence: backup, storeId, ledger };
  } catch {
    return { sealedAt: 0 };
  } finally {
    source.destroy();
  }
}

async function sealBeside(path: string): Promise<Seal> {
  try {
    const { createdAt, backup, storeId, ledger } = JSON.parse(
      await readFile(descriptionOf(path), 'utf8'),
    ) as SealedBeside;
    return { sealedAt: Date.parse(createdAt) || 0, sequence: backup, storeId, ledger };
  } catch {
    return { sealedAt: 0 };
  }
}

export async function removeSegments(backups: string, segments: readonly Segment[]): Promise<void> {
  for (const { file } of segments) {
    const path = join(segmentsFolder(backups), file);
    await rm(path, { force: true });
    if (file.endsWith(ENCRYPTED)) await rm(descriptionOf(path), { force: true });
  }
}
