import { encodeWordVectors } from '../../src/projections/reads/search/word-vector-file.js';

/** What the words are near to, one after another: cloud computing, sailing, colours. */
const WORDS: Record<string, readonly number[]> = {
  the: [10, 10, 10],
  cloud: [120, 5, 0],
  aws: [115, 0, 8],
  servers: [100, 10, 0],
  boat: [0, 120, 5],
  yacht: [4, 118, 0],
  sail: [0, 110, 12],
  dark: [0, 5, 120],
  theme: [10, 0, 110],
};

/** A file of word vectors with a few words; a word vector is near to another of the same subject. */
export function smallWordVectors(source = 'small'): Buffer {
  const words = Object.keys(WORDS);
  return encodeWordVectors({
    source,
    words,
    dimensions: 3,
    scales: new Float32Array(words.length).fill(0.01),
    values: Int8Array.from(Object.values(WORDS).flat()),
  });
}

/** The same in memory that threads can share. */
export function sharedWordVectors(): SharedArrayBuffer {
  const file = smallWordVectors();
  const memory = new SharedArrayBuffer(file.length);
  new Uint8Array(memory).set(file);
  return memory;
}
