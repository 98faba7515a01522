import { words } from '../../../database/full-text.js';
import type { MemoryRow } from '../../memory-index.projection.js';
import { labelTerm } from '../../memory/memory-text.js';
import { factorOf, WEIGHTS, type ScoreParts } from './memory-score.js';
import type { WordVectors } from './word-vectors.js';

/** The best so many are compared with the question by word vectors: 1 ms of work. */
export const RERANKED = 60;

/** A question whose best hits are compared by word vectors. */
export interface WordsAsked {
  vectors: WordVectors;
  q: string;
  /** The label that the question names, as it is in the index: who spoke is not what was said. */
  label: string | undefined;
}

interface Scored {
  memory: MemoryRow;
  score: number;
  parts: ScoreParts;
}

/** Adds what the meaning of the words says to the scores of the best hits, and sorts these again. */
export function rerankByWords({ vectors, q, label }: WordsAsked, hits: readonly Scored[]): Scored[] {
  const best = hits.slice(0, RERANKED);
  const asked = words(q).filter((word) => label === undefined || labelTerm(word) !== label);
  const texts = best.map(({ memory: { content, context } }) => [...words(content), ...words(context ?? '')]);
  const near = vectors.similarities(asked, texts);
  const again = best.map(({ memory, score, parts }, i): Scored => {
    const said = WEIGHTS.words * (near[i] as number);
    return {
      memory,
      score: score + said * factorOf(parts),
      parts: { ...parts, words: said, wordVectors: vectors.version },
    };
  });
  again.sort((a, b) => b.score - a.score || b.memory.indexId - a.memory.indexId);
  return [...again, ...hits.slice(RERANKED)];
}
