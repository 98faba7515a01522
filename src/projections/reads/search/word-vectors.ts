import { decodeWordVectors } from './word-vector-file.js';

/** a / (a + p) weighs a word of probability p (SIF: Arora, Liang and Ma 2017). */
const A = 0.001;
/** By Zipf's law the word of rank r, from 1, has about the probability 1 / (13 r) in English. */
const ZIPF = 13;
/** What is left of a unit vector without its share in a direction is noise below this length. */
const LEAST_LENGTH = 1e-6;

/**
 * Vectors of words, for how near two texts are in meaning. The same texts give the same numbers everywhere.
 */
export class WordVectors {
  /** Names the vectors: where they are from, and the first 12 hex digits of their SHA-256. */
  readonly version: string;
  private readonly rows: ReadonlyMap<string, number>;
  private readonly scales: Float32Array;
  private readonly values: Int8Array;
  private readonly dimensions: number;

  /** Reads a file of word vectors from memory, which threads may share. Throws Error if it is none. */
  constructor(file: ArrayBufferLike) {
    const { source, sha256, words, dimensions, scales, values } = decodeWordVectors(file);
    this.version = `${source}@${sha256.slice(0, 12)}`;
    this.rows = new Map(words.map((word, row) => [word, row]));
    this.scales = scales;
    this.values = values;
    this.dimensions = dimensions;
  }

  /**
   * Returns how near each text is to the question, 0..1: the cosine of their sums of weighted words, where it
   * is positive. What the texts have in common, the direction of their mean, is taken out of both before.
   */
  similarities(question: readonly string[], texts: readonly (readonly string[])[]): number[] {
    const sums = texts.map((words) => unit(this.sum(words)));
    const common = unit(this.mean(sums));
    const asked = withoutDirection(unit(this.sum(question)), common);
    return sums.map((sum) => Math.max(0, dot(asked, withoutDirection(sum, common))));
  }

  /** Words that have no vector count nothing. */
  private sum(words: readonly string[]): Float64Array {
    const { dimensions, values } = this;
    const sum = new Float64Array(dimensions);
    for (const word of words) {
      const row = this.rows.get(word);
      if (row === undefined) continue;
      const factor = (this.scales[row] as number) * (A / (A + 1 / (ZIPF * (row + 1))));
      for (let i = 0; i < dimensions; i++)
        sum[i] = (sum[i] as number) + factor * (values[row * dimensions + i] as number);
    }
    return sum;
  }

  private mean(vectors: readonly Float64Array[]): Float64Array {
    const sum = new Float64Array(this.dimensions);
    for (const vector of vectors)
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (vector[i] as number);
    return sum;
  }
}

/** The vector with length 1; nothing is left of one that is hardly longer than 0. */
function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  const result = new Float64Array(vector.length);
  if (length >= LEAST_LENGTH)
    for (let i = 0; i < result.length; i++) result[i] = (vector[i] as number) / length;
  return result;
}

/** What is left of a vector without its share in a direction of length 1, with length 1. */
function withoutDirection(vector: Float64Array, direction: Float64Array): Float64Array {
  const share = dot(vector, direction);
  const rest = new Float64Array(vector.length);
  for (let i = 0; i < rest.length; i++) rest[i] = (vector[i] as number) - share * (direction[i] as number);
  return unit(rest);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
