import { createReadStream } from 'node:fs';
import { PassThrough, pipeline, type Transform } from 'node:stream';
// A default import: on an older Node.js a missing named export would fail before the check of its version.
import zlib from 'node:zlib';
import { InvalidInput } from '../../errors.js';
import { undecompressableFile, unreadableFile } from './file-errors.js';

interface Compression {
  compress: () => Transform;
  decompress: () => Transform;
}

/** By file extension. */
const COMPRESSIONS: Record<string, Compression> = {
  '.ndjson': { compress: () => new PassThrough(), decompress: () => new PassThrough() },
  '.ndjson.gz': {
    compress: () => zlib.createGzip(),
    decompress: () => zlib.createGunzip(),
  },
  '.ndjson.zst': {
    compress: () => zlib.createZstdCompress({ params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } }),
    decompress: () => zlib.createZstdDecompress(),
  },
};

/** Returns how a file is compressed, by its extension. Throws InvalidInput for any other extension. */
export function compressionOf(file: string): Compression {
  const ending = Object.keys(COMPRESSIONS).find((each) => file.endsWith(each));
  if (ending === undefined) {
    const endings = Object.keys(COMPRESSIONS).join(', ');
    throw InvalidInput.field(
      'file',
      `${file} must end in one of ${endings}, which determines its compression`,
    );
  }
  return COMPRESSIONS[ending] as Compression;
}

/** Yields a file's text, decompressed by the extension of `named`. Throws InvalidInput or FileRefused. */
export async function* readLogFile(file: string, named = file): AsyncGenerator<Buffer> {
  const { decompress } = compressionOf(named);
  const source = createReadStream(file);
  const text = pipeline(source, decompress(), () => undefined);
  try {
    for await (const chunk of text) yield chunk as Buffer;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall !== undefined) throw unreadableFile(file, cause);
    throw undecompressableFile(file, cause);
  } finally {
    source.destroy();
  }
}
