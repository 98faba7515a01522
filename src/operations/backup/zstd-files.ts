import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { Corrupt } from '../../errors.js';

/** 1 MiB a piece: few crossings into the threads that compress. */
const PIECE = 1 << 20;

const COMPRESSION = {
  params: {
    [constants.ZSTD_c_compressionLevel]: 3,
    // So that a flipped bit is noticed also by whoever has no manifest.
    [constants.ZSTD_c_checksumFlag]: 1,
  },
  chunkSize: PIECE,
};

/** A file as it lies on disk. */
export interface PackedFile {
  bytes: number;
  /** Of the compressed bytes, 64 hex digits. */
  sha256: string;
}

/** Compresses what the source gives into a new file, and puts it on disk. */
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
    createZstdCompress(COMPRESSION),
    tap((piece) => {
      hash.update(piece);
      bytes += piece.length;
    }),
    createWriteStream(file, { flags: 'wx', flush: true }),
  );
  return { bytes, sha256: hash.digest('hex') };
}

/** Compresses a file into a new one. */
export function packFile(
  source: string,
  file: string,
  progress?: (bytes: number) => void,
): Promise<PackedFile> {
  return pack(createReadStream(source, { highWaterMark: PIECE }), file, progress);
}

/**
 * Decompresses a file into a new one, and puts it on disk. Throws Corrupt, naming the file, when it is not the one that
 * was packed.
 */
export async function unpackFile(
  file: string,
  copy: string,
  packed: PackedFile,
  progress?: (bytes: number) => void,
): Promise<void> {
  await pipeline(
    unpacked(file, packed),
    counting(progress),
    createWriteStream(copy, { flags: 'wx', flush: true }),
  );
}

/** What the file held; it breaks off with Corrupt, naming the file, when that is not what was packed. */
export async function* unpacked(file: string, packed?: PackedFile): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let bytes = 0;
  const read = createReadStream(file, { highWaterMark: PIECE });
  const counted = tap((piece) => {
    hash.update(piece);
    bytes += piece.length;
  });
  const decompressed = createZstdDecompress({ chunkSize: PIECE });
  const reading = pipeline(read, counted, decompressed);
  // Whoever reads learns of a failure from the stream itself.
  reading.catch(() => undefined);
  try {
    for await (const piece of decompressed) yield piece as Buffer;
  } catch (cause) {
    throw await damaged(file, packed, cause);
  }
  if (!packed) return;
  if (bytes !== packed.bytes) {
    throw Corrupt.backup(file, `it has ${bytes} bytes, its manifest says ${packed.bytes}`);
  }
  if (hash.digest('hex') !== packed.sha256) {
    throw Corrupt.backup(file, 'its SHA-256 is not the one in its manifest: some of its bytes were changed');
  }
}

async function damaged(file: string, packed: PackedFile | undefined, cause: unknown): Promise<unknown> {
  const { code = '' } = cause as { code?: string };
  if (code === 'ENOENT') return Corrupt.backup(file, 'it is missing', cause);
  if (code === 'Z_BUF_ERROR')
    return Corrupt.backup(file, `it is cut off${await lengths(file, packed)}`, cause);
  if (/^(ZSTD|Z_|ERR_Z)/.test(code)) {
    return Corrupt.backup(file, `it cannot be decompressed (${(cause as Error).message})`, cause);
  }
  return cause;
}

async function lengths(file: string, packed: PackedFile | undefined): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    return packed ? ` (${size} of ${packed.bytes} bytes)` : ` after ${size} bytes`;
  } finally {
    await handle.close();
  }
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
