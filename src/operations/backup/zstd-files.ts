import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
// A default import: on an older Node.js a missing named export would fail before the check of its version.
import zlib from 'node:zlib';
import { decrypted, isEncrypted } from '../encryption/encrypted-files.js';
import { damagedBackup, unreadableBackup } from './backup-errors.js';

/** 1 MiB per piece keeps the calls into the compression threads few. */
const PIECE_BYTES = 1 << 20;

const COMPRESSION = {
  params: {
    [zlib.constants.ZSTD_c_compressionLevel]: 3,
    // Detects a flipped bit even without the manifest.
    [zlib.constants.ZSTD_c_checksumFlag]: 1,
  },
  chunkSize: PIECE_BYTES,
};

/** A compressed file on disk. */
export interface PackedFile {
  bytes: number;
  /** SHA-256 of the compressed bytes, 64 hex digits. */
  sha256: string;
}

/** Compresses the source into a new file, and syncs it to disk. */
export async function pack(
  source: Readable | AsyncIterable<string>,
  file: string,
  progress?: (bytes: number) => void,
): Promise<PackedFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(
    source,
    counting(progress),
    zlib.createZstdCompress(COMPRESSION),
    tap((piece) => {
      hash.update(piece);
      bytes += piece.length;
    }),
    createWriteStream(file, { flags: 'wx', flush: true }),
  );
  return { bytes, sha256: hash.digest('hex') };
}

export function packFile(
  source: string,
  file: string,
  progress?: (bytes: number) => void,
): Promise<PackedFile> {
  return pack(createReadStream(source, { highWaterMark: PIECE_BYTES }), file, progress);
}

/** Whether the file has exactly those bytes. */
export async function isPacked(file: string, { bytes, sha256 }: PackedFile): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.size === bytes && (await sha256Of(file)) === sha256;
}

/** Returns the SHA-256 of a file, 64 hex digits. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { highWaterMark: PIECE_BYTES }))
    hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** Checks size and SHA-256 of a packed file before its use. Throws Corrupt, or Unavailable if unreadable. */
export async function checkPacked(file: string, packed: PackedFile): Promise<void> {
  await checkSize(file, packed);
  if ((await sha256Of(file)) !== packed.sha256) {
    throw damagedBackup(
      file,
      'its SHA-256 differs from the one in its manifest: the file was changed, or the manifest belongs to another backup',
    );
  }
}

/** Checks only that the file has the recorded size. Throws Corrupt, or Unavailable if it is unreadable. */
export async function checkSize(file: string, packed: Pick<PackedFile, 'bytes'>): Promise<void> {
  const { size } = await stat(file).catch((cause: unknown) => {
    if ((cause as { code?: string }).code === 'ENOENT') throw damagedBackup(file, 'it is missing', cause);
    throw unreadableBackup(file, cause);
  });
  if (size < packed.bytes) {
    throw damagedBackup(
      file,
      `it is truncated, or the manifest belongs to another backup: it has ${size} of ${packed.bytes} bytes`,
    );
  }
  if (size > packed.bytes) {
    throw damagedBackup(file, `it has ${size} bytes, but its manifest says ${packed.bytes}`);
  }
}

/** Decompresses a file into a new one, and syncs it to disk. Throws Corrupt, naming the file. */
export async function unpackFile(
  file: string,
  copy: string,
  progress?: (bytes: number) => void,
): Promise<void> {
  await pipeline(unpacked(file), counting(progress), createWriteStream(copy, { flags: 'wx', flush: true }));
}

/**
 * Yields a file's decompressed content, decrypted if need be. Throws Corrupt, naming the file, if that fails,
 * and Refused without the identity that it takes.
 */
export async function* unpacked(file: string): AsyncGenerator<Buffer> {
  const read = (await isEncrypted(file))
    ? Readable.from(decrypted(file))
    : createReadStream(file, { highWaterMark: PIECE_BYTES });
  const decompressed = zlib.createZstdDecompress({ chunkSize: PIECE_BYTES });
  const reading = pipeline(read, decompressed);
  // The reader gets the error from the stream itself.
  reading.catch(() => undefined);
  try {
    for await (const piece of decompressed) yield piece as Buffer;
  } catch (cause) {
    throw damaged(file, cause);
  } finally {
    read.destroy();
  }
}

function damaged(file: string, cause: unknown): unknown {
  const { code = '', message } = cause as { code?: string; message: string };
  if (code === 'ENOENT') return damagedBackup(file, 'it is missing', cause);
  if (code === 'Z_BUF_ERROR') return damagedBackup(file, 'it is truncated', cause);
  if (/^(ZSTD|Z_|ERR_Z)/.test(code))
    return damagedBackup(file, `it cannot be decompressed (${message})`, cause);
  return cause;
}

function counting(progress: ((bytes: number) => void) | undefined): Transform {
  return tap((piece) => progress?.(piece.length));
}

function tap(take: (piece: Buffer) => void): Transform {
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      take(piece);
      done(null, piece);
    },
  });
}
