import type { Factors, ScoredMemory, Scoring } from './memory-score.js';

/** A memory that can be among the best, and the most that it can score. */
export interface Contender {
  formedPosition: number;
  most: number;
  isCompared: boolean;
}

/** A memory with a term of the question. */
interface Found {
  formedPosition: number;
  /** Until it is compared: the weights of its counted terms, and how often it contains each, in order. */
  weights: number[];
  counts: number[];
  /** The most that the counted terms can add up to, in a text that consists of nothing else. */
  most: number;
  /** What is known once it is compared; null if it does not pass the filter. */
  scored: (ScoredMemory & Factors) | null | undefined;
  /** What its counted terms add up to, once it is compared, and what it scores by them. */
  text: number;
  least: number;
}

/**
 * The memories that a search found. Their terms are counted in the index, which is cheap; to compare a
 * memory, its row is read, which is not. A memory that is not compared has an upper bound by its counts.
 */
export class FoundMemories {
  private readonly found = new Map<number, Found>();
  private readonly inComparison: Found[] = [];
  private worstKnown: number | undefined = 0;
  private mostKnown = 0;

  constructor(
    private readonly scoring: Scoring,
    /** The number of memories that the search returns. */
    private readonly limit: number,
  ) {}

  get size(): number {
    return this.found.size;
  }

  /** The most that any of the memories can score by its counted terms. */
  get most(): number {
    return this.mostKnown;
  }

  /** How many memories that pass the filter were compared. */
  get compared(): number {
    return this.inComparison.length;
  }

  /** Whether as many memories as the search returns were compared. */
  isFull(): boolean {
    return this.compared >= this.limit;
  }

  /**
   * Counts a term in memories in which it was not counted yet; positions are ascending, each once per
   * occurrence. With `all`, unknown memories are added.
   */
  add(term: string, positions: readonly number[], all = true): void {
    const weight = this.scoring.weights.get(term) ?? 0;
    for (let end = positions.length - 1, start = end; end >= 0; end = start) {
      const formedPosition = positions[end] as number;
      while (start >= 0 && positions[start] === formedPosition) start--;
      let memory = this.found.get(formedPosition);
      if (!memory && all) {
        memory = newlyFound(formedPosition);
        this.found.set(formedPosition, memory);
      }
      if (memory) this.count(memory, weight, end - start);
    }
  }

  private count(memory: Found, weight: number, count: number): void {
    memory.most += this.scoring.mostOfCount(weight, count);
    this.mostKnown = Math.max(this.mostKnown, memory.most);
    if (memory.scored) this.score(memory, memory.scored, [weight], [count]);
    else {
      memory.weights.push(weight);
      memory.counts.push(count);
    }
  }

  /** Compares the memories that were read; of those asked for, the others do not pass the filter. */
  compare(read: readonly ScoredMemory[], asked: readonly number[] = []): void {
    for (const scored of read) {
      const memory = this.found.get(scored.formedPosition);
      if (!memory || memory.scored) continue;
      memory.scored = { ...scored, ...this.scoring.factors(scored) };
      this.inComparison.push(memory);
      this.score(memory, memory.scored, memory.weights, memory.counts);
    }
    for (const position of asked) {
      const memory = this.found.get(position);
      if (memory) memory.scored ??= null;
    }
  }

  /** Adds further counted terms to the score. */
  private score(
    memory: Found,
    scored: ScoredMemory & Factors,
    weights: readonly number[],
    counts: readonly number[],
  ): void {
    for (let i = 0; i < counts.length; i++)
      memory.text += this.scoring.textScore(weights[i] as number, counts[i] as number, scored.termCount);
    // The same order of operations as of the final score, for the same number to the last bit.
    memory.least = memory.text * scored.importance * scored.recency * scored.recall;
    this.worstKnown = undefined;
  }

  /** What the last of the best scores at least; 0 if too few were compared. */
  worst(): number {
    if (!this.isFull()) return 0;
    this.worstKnown ??= Float64Array.from(this.inComparison, ({ least }) => least)
      .toSorted()
      .at(-this.limit);
    return this.worstKnown ?? 0;
  }

  /** The memories that were not compared and can be among the best by their counts, in order. */
  uncompared(): Contender[] {
    return this.contenders(0).filter(({ isCompared }) => !isCompared);
  }

  /** The memories that can be among the best if other terms add so much, those that can score most first. */
  contenders(uncounted: number): Contender[] {
    const worst = this.worst();
    const contenders: Contender[] = [];
    for (const { formedPosition, most: bound, scored, least } of this.found.values()) {
      const most = (scored ? least : bound) + uncounted;
      if (scored !== null && most >= worst)
        contenders.push({ formedPosition, most, isCompared: Boolean(scored) });
    }
    return contenders.toSorted(byMost);
  }

  /** The memories that were compared, in the order of their counted terms. */
  inOrder(): Contender[] {
    return this.inComparison
      .map(({ formedPosition, least }) => ({ formedPosition, most: least, isCompared: true }))
      .toSorted(byMost);
  }
}

function newlyFound(formedPosition: number): Found {
  return { formedPosition, weights: [], counts: [], most: 0, scored: undefined, text: 0, least: 0 };
}

function byMost(a: Contender, b: Contender): number {
  return b.most - a.most || b.formedPosition - a.formedPosition;
}
