import { createReadStream } from 'node:fs';
import { PassThrough, pipeline, type Transform } from 'node:stream';
// By its name, so that an older Node.js gets as far as being told that it is too old.
import zlib from 'node:zlib';
import { InvalidInput } from '../../errors.js';
import { undecompressableFile, unreadableFile } from './file-errors.js';

interface Compression {
  compress: () => Transform;
  decompress: () => Transform;
}

/** By the end of the file's name. */
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

/** How files of this name are compressed. Throws InvalidInput for a name that does not say. */
export function compressionOf(file: string): Compression {
  const ending = Object.keys(COMPRESSIONS).find((each) => file.endsWith(each));
  if (ending === undefined) {
    const endings = Object.keys(COMPRESSIONS).join(', ');
    throw InvalidInput.field(
      'file',
      `${file} must end in one of ${endings}, which says how it is compressed`,
    );
  }
  return COMPRESSIONS[ending] as Compression;
}

/** The text of a file, decompressed as its name says. Throws FileRefused where that fails. */
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
