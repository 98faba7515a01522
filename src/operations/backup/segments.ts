import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
// By its name, so that an older Node.js gets as far as being told that it is too old.
import zlib from 'node:zlib';
import { namesIn } from './backup-folder.js';

/** Digits of a hash that a segment's name has: enough to tell chains apart; its content is checked in full. */
export const SHORT_HASH = 16;
const DIGITS = 12;
const NAME = /^edgesoul_log_(\d+)-(\d+)_([0-9a-f]{16})_([0-9a-f]{16})\.ndjson\.zst$/;

/** A sealed part of the log. Its name says where it belongs: after which event, and with which one it ends. */
export interface Segment {
  file: string;
  /** Position of its first event. */
  from: number;
  /** Position of its last event. */
  to: number;
  /** Of the event before the first one: the first digits of its hash. */
  previousHash: string;
  /** Of the last event. */
  lastHash: string;
}

/** The folder of the segments. */
export function segmentsFolder(backups: string): string {
  return join(backups, 'segments');
}

/** The name of the segment between two places of the log. */
export function segmentName(
  before: { position: number; hash: string },
  last: { position: number; hash: string },
): string {
  const range = `${padded(before.position + 1)}-${padded(last.position)}`;
  return `edgesoul_log_${range}_${short(before.hash)}_${short(last.hash)}.ndjson.zst`;
}

/** As much of a hash as names have. */
export function short(hash: string): string {
  return hash.slice(0, SHORT_HASH);
}

function padded(position: number): string {
  return String(position).padStart(DIGITS, '0');
}

/** Every segment, by position. */
export async function listSegments(backups: string): Promise<Segment[]> {
  const names = await namesIn(segmentsFolder(backups));
  return names
    .map(segmentOf)
    .filter((segment) => segment !== undefined)
    .toSorted((a, b) => a.from - b.from || a.to - b.to);
}

function segmentOf(file: string): Segment | undefined {
  const [, from, to, previousHash, lastHash] = NAME.exec(file) ?? [];
  if (previousHash === undefined || lastHash === undefined) return undefined;
  return { file, from: Number(from), to: Number(to), previousHash, lastHash };
}

/** When the segment was sealed, ms UTC, as its first line says; 0 where it cannot be read. */
export async function sealedAt(backups: string, { file }: Segment): Promise<number> {
  const source = createReadStream(join(segmentsFolder(backups), file), { highWaterMark: 16_384 });
  const text = pipeline(source, zlib.createZstdDecompress({ chunkSize: 4_096 }), () => undefined);
  let line = '';
  try {
    for await (const piece of text) {
      line += (piece as Buffer).toString();
      if (line.includes('\n')) break;
    }
    const { createdAt } = JSON.parse(line.split('\n')[0] ?? '') as { createdAt: string };
    return Date.parse(createdAt) || 0;
  } catch {
    return 0;
  } finally {
    source.destroy();
  }
}

export async function removeSegments(backups: string, segments: readonly Segment[]): Promise<void> {
  for (const { file } of segments) await rm(join(segmentsFolder(backups), file), { force: true });
}
