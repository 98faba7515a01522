import { hash } from 'node:crypto';

/** The first bytes of a file of word vectors; another layout has another number. */
const MAGIC = Buffer.from('EDGEWV1\n');
const SHA256_BYTES = 32;
const FLOAT_BYTES = 4;
/** Bounds of what a header may say. */
const MOST = { header: 4_096, words: 1_000_000, dimensions: 1_024 };
/** Most bytes of a file: each thread that searches reads from the same memory. */
export const MAX_WORD_VECTOR_BYTES = 256 * 1024 * 1024;

/** Words, the most frequent first, each with a vector: `scale` * its whole numbers -127..127. */
export interface WordVectorData {
  /** Where the vectors are from, such as `glove-6b-100d`. */
  source: string;
  words: readonly string[];
  dimensions: number;
  scales: Float32Array;
  /** The vectors one after another. */
  values: Int8Array;
}

/** What the file says about itself. */
interface Header {
  source: string;
  words: number;
  dimensions: number;
  /** Bytes of the words in UTF-8, with a line feed between them. */
  wordBytes: number;
}

/**
 * Returns a file of word vectors: the magic bytes, the length of the header, the header in JSON, the words,
 * the scales (float32) and the values (int8), all little-endian, and the SHA-256 of everything before it.
 */
export function encodeWordVectors({ source, words, dimensions, scales, values }: WordVectorData): Buffer {
  const text = Buffer.from(words.join('\n'));
  const header: Header = { source, words: words.length, dimensions, wordBytes: text.length };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(FLOAT_BYTES);
  length.writeUInt32LE(json.length);
  const floats = Buffer.alloc(scales.length * FLOAT_BYTES);
  for (const [i, scale] of scales.entries()) floats.writeFloatLE(scale, i * FLOAT_BYTES);
  const numbers = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const content = Buffer.concat([MAGIC, length, json, text, floats, numbers]);
  return Buffer.concat([content, hash('sha256', content, 'buffer')]);
}

/**
 * Reads a file of word vectors, whose values stay where they are, and returns its checksum with them. Throws
 * Error, which says what is wrong, for anything that `encodeWordVectors` did not return.
 */
export function decodeWordVectors(memory: ArrayBufferLike): WordVectorData & { sha256: string } {
  const bytes = Buffer.from(memory);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('it is no file of word vectors');
  const { header, start } = readHeader(bytes);
  const { source, words: count, dimensions, wordBytes } = header;
  const scalesAt = start + wordBytes;
  const valuesAt = scalesAt + count * FLOAT_BYTES;
  const end = valuesAt + count * dimensions;
  if (bytes.length !== end + SHA256_BYTES)
    throw new Error(`it should have ${end + SHA256_BYTES} bytes, and has ${bytes.length}: it is not whole`);
  const sha256 = hash('sha256', bytes.subarray(0, end), 'hex');
  if (sha256 !== bytes.toString('hex', end)) throw new Error('its checksum is wrong: it is damaged');
  const words = bytes.toString('utf8', start, scalesAt).split('\n');
  if (words.length !== count) throw new Error('it has another number of words than it says');
  const scales = Float32Array.from({ length: count }, (_, i) =>
    bytes.readFloatLE(scalesAt + i * FLOAT_BYTES),
  );
  const values = new Int8Array(memory, valuesAt, count * dimensions);
  return { source, words, dimensions, scales, values, sha256 };
}

function readHeader(bytes: Buffer): { header: Header; start: number } {
  const from = MAGIC.length + FLOAT_BYTES;
  const length = bytes.length < from ? 0 : bytes.readUInt32LE(MAGIC.length);
  if (length > MOST.header || bytes.length < from + length) throw new Error('its header is not whole');
  let header: unknown;
  try {
    header = JSON.parse(bytes.toString('utf8', from, from + length));
  } catch (cause) {
    throw new Error('its header is no JSON', { cause });
  }
  if (!isHeader(header)) throw new Error('its header is not valid');
  return { header, start: from + length };
}

function isHeader(value: unknown): value is Header {
  const { source, words, dimensions, wordBytes } = (value ?? {}) as Record<keyof Header, unknown>;
  return (
    typeof source === 'string' &&
    /^[\w.-]{1,64}$/.test(source) &&
    isCount(words, MOST.words) &&
    isCount(dimensions, MOST.dimensions) &&
    isCount(wordBytes, MAX_WORD_VECTOR_BYTES)
  );
}

function isCount(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
}
