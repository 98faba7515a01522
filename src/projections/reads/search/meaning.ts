import { vectorOf } from '../../../validation/vector-text.js';

/**
 * The mean of the cosines is taken as if there were so many further ones of 0: the mean of a few says nothing
 * yet.
 */
const FURTHER_ZEROS = 10;

/** What a question means, as a model says it. */
export interface QuestionEmbedding {
  model: string;
  /** Float32s in Base64, as in `memory_embeddings`. */
  vector: string;
  /** What the nearest meaning adds to a score. */
  weight: number;
}

/** How near memories are to a question in meaning. */
export interface Meaning {
  /** Index ids of memories that are nearer than most. */
  ids: readonly number[];
  /** What it adds to the score of each, above 0. */
  scores: readonly number[];
}

/**
 * Compares the vectors of memories with that of a question, in one thread and one order on every database.
 */
export class MeaningOf {
  private readonly question: Float32Array;
  private readonly length: number;
  private readonly memory: Buffer;
  private readonly numbers: Float32Array;
  private readonly cosines: number[] = [];

  constructor(private readonly embedding: QuestionEmbedding) {
    this.question = vectorOf(embedding.vector);
    this.length = Math.sqrt(squares(this.question));
    this.numbers = new Float32Array(this.question.length);
    this.memory = Buffer.from(this.numbers.buffer);
  }

  /** How many numbers the question's vector has; the memories' must have as many. */
  get dimensions(): number {
    return this.question.length;
  }

  /** Adds the next memory's vector. */
  add(vector: string): void {
    this.memory.write(vector, 'base64');
    const { dot, squared } = compare(this.question, this.numbers);
    this.cosines.push(dot / (this.length * Math.sqrt(squared)));
  }

  /**
   * Returns what meaning adds for each memory added, in that order: `weight` * (cosine - mean) / (1 - mean),
   * where it is above 0. The mean differs from model to model: what they call far is anything from 0 to 0.8.
   */
  scores(): number[] {
    let sum = 0;
    for (const cosine of this.cosines) sum += cosine;
    const mean = sum / (this.cosines.length + FURTHER_ZEROS);
    return this.cosines.map((cosine) => this.embedding.weight * Math.max(0, (cosine - mean) / (1 - mean)));
  }
}

/** Returns the meaning of the memories with these ids; undefined for one that is not in the index. */
export function meaningOf(ids: readonly (number | undefined)[], scores: readonly number[]): Meaning {
  const near = scores.flatMap((score, i) => (score > 0 && ids[i] !== undefined ? [i] : []));
  return { ids: near.map((i) => ids[i] as number), scores: near.map((i) => scores[i] as number) };
}

function squares(numbers: Float32Array): number {
  return compare(numbers, numbers).squared;
}

/** The inner product, and the squared length of the second. */
function compare(a: Float32Array, b: Float32Array): { dot: number; squared: number } {
  // Two sums of each, which do not wait for each other; spelled out, since this is nearly all that a search
  // does.
  let [dot, dot2, squared, squared2] = [0, 0, 0, 0];
  const { length } = a;
  let i = 0;
  for (; i + 1 < length; i += 2) {
    const x = b[i] as number;
    const y = b[i + 1] as number;
    dot += (a[i] as number) * x;
    squared += x * x;
    dot2 += (a[i + 1] as number) * y;
    squared2 += y * y;
  }
  if (i < length) {
    const last = b[i] as number;
    dot += (a[i] as number) * last;
    squared += last * last;
  }
  return { dot: dot + dot2, squared: squared + squared2 };
}
