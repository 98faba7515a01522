import type { TermRows } from '../../../database/full-text.js';
import { PLACE_TERM } from '../../memory/memory-text.js';
import type { Meaning, QuestionEmbedding } from './meaning.js';
import {
  read,
  type MemoryFilter,
  type MemoryIndex,
  type Read,
  type RemoteMemoryIndex,
  type Words,
} from './memory-index.js';
import { Scoring } from './memory-score.js';
import { timesNear } from './question-dates.js';
import { readQuestion, type Question } from './question.js';
import type { WordsAsked } from './rerank-by-words.js';
import { saidWords, type Said } from './said-words.js';
import { Search, type Known, type MemoryMatches } from './search.js';
import { TermScores } from './term-scores.js';
import type { WordVectors } from './word-vectors.js';

/** A search among one user's memories. */
export interface MemoryQuestion extends MemoryFilter {
  userId: string;
  q: string;
  limit: number;
  /** What the question means, for memories with an embedding of the same model. */
  embedding?: QuestionEmbedding;
  /** Whether word vectors are used, if there are any; true when left out. */
  usesWordVectors?: boolean;
}

/** How much a search reads at most. */
export interface SearchBounds {
  /** Memories that are compared. */
  compared: number;
  /** Memories that are looked up in the index, over all words of the question together, in each language. */
  lookedUp: number;
}

export const SEARCH_BOUNDS: SearchBounds = { compared: 500, lookedUp: 64_000 };

/** What a search knows beside the words of the memories. */
export interface SearchAids {
  /** Compare the best memories once more. */
  wordVectors?: WordVectors | undefined;
  /** What the embeddings say, if the question has one: memories are found without any word of it. */
  meaning?: Meaning | undefined;
}

const NOTHING: MemoryMatches = { hits: [], complete: true };

/** Returns the memories that contain any word of the question and pass its filter, best first. */
export function searchMemories(
  index: MemoryIndex,
  question: MemoryQuestion,
  bounds = SEARCH_BOUNDS,
  aids: SearchAids = {},
): MemoryMatches {
  const search = steps(question, bounds, aids);
  let step = search.next();
  while (!step.done) step = search.next(step.value(index));
  return step.value;
}

/** Does the same over an index whose reads come later. */
export async function searchRemote(
  index: RemoteMemoryIndex,
  question: MemoryQuestion,
  bounds = SEARCH_BOUNDS,
  aids: SearchAids = {},
): Promise<MemoryMatches> {
  const search = steps(question, bounds, aids);
  let step = search.next();
  // A read only hands on what the index answers, so that a promise of it can be awaited here.
  while (!step.done) step = search.next(await step.value(index as unknown as MemoryIndex));
  return step.value;
}

function* steps(
  asked: MemoryQuestion,
  bounds: SearchBounds,
  aids: SearchAids,
): Generator<Read, MemoryMatches> {
  const question = readQuestion(asked.q);
  const { length: count } = question.terms;
  if (count === 0 && !aids.meaning) return NOTHING;
  const { userId } = asked;
  const limit = Math.max(1, Math.floor(bounds.lookedUp / Math.max(1, count)));
  const looked = yield* read((index) => index.lookUp(userId, wordsOf(question), limit));
  const { summary } = looked;
  if (!summary || summary.total === 0) return NOTHING;
  const times = timesNear(question.dates, summary.newestAt);
  const near = times.length === 0 ? [] : yield* read((index) => index.near(userId, times, bounds.lookedUp));
  const scoring = new Scoring(summary, times);
  const said = yield* saidWords(question, looked.terms, summary, limit);
  const known = knownOf(question, said, looked.further, scoring);
  const scores = scoresOf(new TermScores(summary), known, aids.meaning);
  for (const { id, occurredAt } of near) scores.date(id, scoring.date(occurredAt));
  const isCut = known.isCut || near.length >= bounds.lookedUp;
  const words = wordsAsked(asked, known, aids);
  const { compared } = bounds;
  return yield* new Search({ asked, known, scoring, scores, isCut, compared, words }).run();
}

/** Notes what of a question was found. */
function scoresOf(scores: TermScores, { terms, label, places }: Known, meaning?: Meaning): TermScores {
  for (const { weight, rows } of terms) scores.add(weight, rows.ids);
  if (meaning) for (const [i, id] of meaning.ids.entries()) scores.meaning(id, meaning.scores[i] as number);
  if (label) scores.speaker(label.rows.ids);
  if (places) scores.place(places.ids);
  return scores;
}

/** The question for word vectors, if there are any and they are wanted. */
function wordsAsked(
  { q, usesWordVectors = true }: MemoryQuestion,
  { label }: Known,
  { wordVectors: vectors }: SearchAids,
): WordsAsked | undefined {
  return vectors && usesWordVectors ? { vectors, q, label: label?.term } : undefined;
}

function wordsOf({ terms, labels, asksWhere }: Question): Words {
  return { terms, further: asksWhere ? [...labels, PLACE_TERM] : labels };
}

/** What of a question the user's memories contain. */
function knownOf(
  { labels, asksWhere }: Question,
  said: readonly Said[],
  further: readonly TermRows[],
  scoring: Scoring,
): Known {
  const weights = scoring.weights(said.map(({ rows }) => rows.count));
  const known = said
    .map(({ variants, rows }, i) => ({ variants, weight: weights[i] as number, rows }))
    .filter((each) => each.rows.count > 0)
    .toSorted((a, b) => a.rows.count - b.rows.count);
  const label = onlyLabel(labels, further);
  const places = asksWhere ? further.at(-1) : undefined;
  const all = [...known.map((each) => each.rows), label?.rows, places];
  const isCut = all.some((each) => each !== undefined && each.ids.length < each.count);
  return { terms: known, label, places, isCut };
}

/** The label that the question names, unless it names several; words of the same labels are one name. */
function onlyLabel(labels: readonly string[], rows: readonly TermRows[]): Known['label'] {
  const named = labels
    .map((term, i) => ({ term, rows: rows[i] as TermRows }))
    .filter((each) => each.rows.count > 0);
  const names = new Set(named.map(({ rows: { count, ids } }) => `${count} ${ids[0]} ${ids.at(-1)}`));
  return names.size === 1 ? named[0] : undefined;
}
