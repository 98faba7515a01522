import type { TermRows } from '../../database/full-text.js';
import { PLACE_TERM } from '../memory-text.js';
import {
  read,
  type MemoryFilter,
  type MemoryIndex,
  type Read,
  type RemoteMemoryIndex,
  type Words,
} from './memory-index.js';
import { Scoring } from './memory-score.js';
import { otherSpellings } from './other-spellings.js';
import { timesNear } from './question-dates.js';
import { readQuestion, type Question } from './question.js';
import { nameOf, Search, type Known, type MemoryMatches } from './search.js';
import { TermScores } from './term-scores.js';

/** A search among one user's memories. */
export interface MemoryQuestion extends MemoryFilter {
  userId: string;
  q: string;
  limit: number;
}

/** How much a search reads at most. */
export interface SearchBounds {
  /** Memories that are compared. */
  compared: number;
  /** Memories that are looked up in the index, over all words of the question together. */
  lookedUp: number;
}

export const SEARCH_BOUNDS: SearchBounds = { compared: 500, lookedUp: 64_000 };

const NOTHING: MemoryMatches = { hits: [], complete: true };

/** Returns the memories that contain any word of the question and pass its filter, best first. */
export function searchMemories(
  index: MemoryIndex,
  question: MemoryQuestion,
  bounds = SEARCH_BOUNDS,
): MemoryMatches {
  const search = steps(question, bounds);
  let step = search.next();
  while (!step.done) step = search.next(step.value(index));
  return step.value;
}

/** Does the same over an index whose reads come later. */
export async function searchRemote(
  index: RemoteMemoryIndex,
  question: MemoryQuestion,
  bounds = SEARCH_BOUNDS,
): Promise<MemoryMatches> {
  const search = steps(question, bounds);
  let step = search.next();
  // A read only hands on what the index answers, so that a promise of it can be awaited here.
  while (!step.done) step = search.next(await step.value(index as unknown as MemoryIndex));
  return step.value;
}

function* steps(asked: MemoryQuestion, bounds: SearchBounds): Generator<Read, MemoryMatches> {
  const question = readQuestion(asked.q);
  if (question.terms.length === 0) return NOTHING;
  const { userId } = asked;
  const limit = Math.max(1, Math.floor(bounds.lookedUp / question.terms.length));
  const looked = yield* read((index) => index.lookUp(userId, wordsOf(question), limit));
  const { summary } = looked;
  if (!summary || summary.total === 0) return NOTHING;
  const times = timesNear(question.dates, summary.newestAt);
  const near = times.length === 0 ? [] : yield* read((index) => index.near(userId, times, bounds.lookedUp));
  const scoring = new Scoring(summary, times);
  const said = yield* asSpelled(userId, question, looked.terms, limit);
  const known = knownOf(question, said, looked.further, scoring);
  const scores = new TermScores(summary);
  for (const { weight, rows } of known.terms) scores.add(weight, rows.ids);
  for (const { id, occurredAt } of near) scores.date(id, scoring.date(occurredAt));
  if (known.label) scores.speaker(known.label.rows.ids);
  if (known.places) scores.place(known.places.ids);
  const isCut = known.isCut || near.length >= bounds.lookedUp;
  return yield* new Search({ asked, known, scoring, scores, isCut, compared: bounds.compared }).run();
}

function wordsOf({ terms, labels, asksWhere }: Question): Words {
  return { terms, further: asksWhere ? [...labels, PLACE_TERM] : labels };
}

/** A term of the question as the user's memories spell it: they contain all of `terms`. */
interface Said {
  terms: readonly string[];
  rows: TermRows;
}

/** Looks up other spellings of the words that no memory contains. */
function* asSpelled(
  userId: string,
  question: Question,
  rows: readonly TermRows[],
  limit: number,
): Generator<Read, Said[]> {
  const said = question.terms.map((term, i): Said => ({ terms: [term], rows: rows[i] as TermRows }));
  const unknown = said.flatMap((each, i) => (each.rows.count === 0 ? [i] : []));
  const others = otherSpellings(question.spelled, unknown);
  if (others.length === 0) return said;
  const terms = [...new Set(others.flatMap((other) => other.terms))];
  const again = yield* read((index) => index.lookUp(userId, { terms, further: [] }, limit));
  const found = new Map(terms.map((term, i) => [term, again.terms[i] as TermRows]));
  for (const other of others) {
    const isSaid = said.some((each) => each.rows.count > 0 && nameOf(each.terms) === nameOf(other.terms));
    if (isSaid || said[other.of]?.rows.count !== 0) continue;
    said[other.of] = {
      terms: other.terms,
      rows: inAll(other.terms.map((term) => found.get(term) as TermRows)),
    };
  }
  return said;
}

/** The memories that are in each of these; one more is counted if not all were looked up. */
function inAll([first, ...others]: readonly TermRows[]): TermRows {
  if (!first || others.length === 0) return first as TermRows;
  const sets = others.map(({ ids }) => new Set(ids));
  const ids = first.ids.filter((id) => sets.every((set) => set.has(id)));
  const isCut = [first, ...others].some((rows) => rows.ids.length < rows.count);
  return { ids, count: isCut ? ids.length + 1 : ids.length };
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
    .map(({ terms, rows }, i) => ({ terms, weight: weights[i] as number, rows }))
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
