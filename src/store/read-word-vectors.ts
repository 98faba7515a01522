import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StartRefused } from '../errors.js';
import { MAX_WORD_VECTOR_BYTES } from '../projections/reads/search/word-vector-file.js';
import { WordVectors } from '../projections/reads/search/word-vectors.js';
import { whyOf } from '../why.js';

/** A file of word vectors that was checked. */
export interface LoadedWordVectors {
  /** The file, in memory that all threads share. */
  memory: SharedArrayBuffer;
  /** See `WordVectors`. */
  version: string;
}

/** Reads the file that `WORD_VECTORS` names; undefined without one. Throws StartRefused if it is none. */
export function readWordVectors(file: string | undefined): LoadedWordVectors | undefined {
  if (file === undefined) return undefined;
  try {
    const memory = readShared(file);
    return { memory, version: new WordVectors(memory).version };
  } catch (cause) {
    throw new StartRefused(
      `WORD_VECTORS=${JSON.stringify(file)} cannot be used: ${whyOf(cause)}.\n` +
        '  Make it with: npm run edgesoul -- word-vectors <package> <file>',
    );
  }
}

function readShared(file: string): SharedArrayBuffer {
  const descriptor = openSync(file, 'r');
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new Error('it is no file');
    if (stat.size > MAX_WORD_VECTOR_BYTES)
      throw new Error(`it has ${stat.size} bytes, more than the ${MAX_WORD_VECTOR_BYTES} of the largest`);
    const bytes = Buffer.from(new SharedArrayBuffer(stat.size));
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(descriptor, bytes, length, bytes.length - length, length);
    if (length < bytes.length) throw new Error('it became shorter while it was read');
    return bytes.buffer;
  } finally {
    closeSync(descriptor);
  }
}
