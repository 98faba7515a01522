import type { TermRows } from '../../../database/full-text.js';
import { stem, type StemmedLanguage } from '../../../database/stems.js';
import type { MemorySummaryRow } from '../../memory/memory-summaries.js';
import { read, type Read } from './memory-index.js';
import { otherSpellings, type OtherSpelling } from './other-spellings.js';
import type { Question } from './question.js';
import { isStopword } from './stopwords.js';

/** A word of the question as the memories of one language spell it: they contain all of `terms`. */
export interface Variant {
  terms: readonly string[];
  rows: TermRows;
}

/** A word of the question as the user's memories spell it, in each of their languages. */
export interface Said {
  /** Those that some memory contains; no memory is in two of them. */
  variants: readonly Variant[];
  /** The memories of all variants. */
  rows: TermRows;
}

/** Whose memories are looked up: at most so many of each term. */
interface Lookup {
  userId: string;
  languages: readonly StemmedLanguage[];
  limit: number;
}

/**
 * Returns the words of the question as the user's memories spell them, where `found` are the memories with
 * their English stems. A short question does not tell its language, so every word is stemmed in each language
 * that the user's memories have; a memory is found by the stem of its own.
 */
export function* saidWords(
  question: Question,
  found: readonly TermRows[],
  { userId, languages }: MemorySummaryRow,
  limit: number,
): Generator<Read, Said[]> {
  const lookup = { userId, languages: Object.keys(languages).toSorted() as StemmedLanguage[], limit };
  const english = question.terms.map((term, i) => saidOf([{ terms: [term], rows: found[i] as TermRows }]));
  const said = yield* inLanguages(question, english, lookup);
  const isTold = (each: Said, i: number) => each.rows.count > 0 || tells(question, i, lookup);
  return onceEach((yield* asSpelled(question, said, lookup)).filter(isTold));
}

/** Adds the memories with the stems of the words in the user's other languages. */
function* inLanguages(
  { spelled }: Question,
  english: readonly Said[],
  lookup: Lookup,
): Generator<Read, readonly Said[]> {
  const { languages } = lookup;
  if (languages.length === 0) return english;
  const telling = spelled.map(({ word }) =>
    otherStems(
      word,
      languages.filter((language) => !isStopword(word, language)),
    ),
  );
  // As in English, stopwords count only if there is nothing else.
  const isEmpty = [...english.map(({ variants }) => variants), ...telling].every(
    ({ length }) => length === 0,
  );
  const stems = isEmpty ? spelled.map(({ word }) => otherStems(word, languages)) : telling;
  const rows = yield* lookUp(stems.flat(), lookup);
  return english.map(({ variants }, i) =>
    saidOf([...variants, ...(stems[i] as string[]).map((term) => ({ terms: [term], rows: rows(term) }))]),
  );
}

/** The stems of a word that are not its English one. */
function otherStems(word: string, languages: readonly StemmedLanguage[]): string[] {
  const english = stem(word);
  return languages.map((language) => stem(word, language)).filter((term) => term !== english);
}

/** Whether a word that no memory contains is no stopword of the user's languages. */
function tells({ spelled }: Question, i: number, { languages }: Lookup): boolean {
  const { word } = spelled[i] as { word: string };
  return !languages.some((language) => isStopword(word, language));
}

/** Looks up other spellings of the words that no memory contains. */
function* asSpelled(question: Question, written: readonly Said[], lookup: Lookup): Generator<Read, Said[]> {
  const said = [...written];
  const unknown = said.flatMap((each, i) => (each.rows.count === 0 && tells(question, i, lookup) ? [i] : []));
  const possible = otherSpellings(question.spelled, unknown).flatMap((other) => stemsOf(other, lookup));
  const terms = new Set(possible.flatMap((each) => each.terms));
  if (terms.size === 0) return said;
  const contained = yield* read((index) => index.contained(lookup.userId, [...terms]));
  const others = possible.filter((each) => each.terms.every((term) => contained.has(term)));
  const rows = yield* lookUp(
    others.flatMap((each) => each.terms),
    lookup,
  );
  for (const same of Map.groupBy(others, ({ spelling }) => spelling).values()) {
    const { of } = same[0] as SpelledStems;
    const other = saidOf(same.map((each) => ({ terms: each.terms, rows: inAll(each.terms.map(rows)) })));
    const isSaid = said.some((each) => each.rows.count > 0 && keyOf(each) === keyOf(other));
    if (said[of]?.rows.count === 0 && !isSaid) said[of] = other;
  }
  return said;
}

/** The stems of a spelling in one language; `of` is the place of the word that it stands for. */
interface SpelledStems {
  spelling: OtherSpelling;
  of: number;
  terms: readonly string[];
}

function stemsOf(spelling: OtherSpelling, { languages }: Lookup): SpelledStems[] {
  const { of, words } = spelling;
  const all = [undefined, ...languages].map((language) => words.map((word) => stem(word, language)));
  return [...new Map(all.map((terms) => [terms.join(' '), { spelling, of, terms }])).values()];
}

/** Looks terms up, each once; returns the memories of each. */
function* lookUp(
  wanted: readonly string[],
  { userId, limit }: Lookup,
): Generator<Read, (term: string) => TermRows> {
  const terms = [...new Set(wanted)];
  if (terms.length === 0) return () => NO_ROWS;
  const looked = yield* read((index) => index.lookUp(userId, { terms, further: [] }, limit));
  const rows = new Map(terms.map((term, i) => [term, looked.terms[i] as TermRows]));
  return (term) => rows.get(term) as TermRows;
}

const NO_ROWS: TermRows = { ids: [], count: 0 };

/** A word by those of its variants that some memory contains. */
function saidOf(variants: readonly Variant[]): Said {
  const found = variants.filter(({ rows }) => rows.count > 0);
  const [first, second] = found;
  if (!first || !second) return { variants: found, rows: first?.rows ?? NO_ROWS };
  const ids = found.flatMap(({ rows }) => rows.ids).toSorted((a, b) => a - b);
  return { variants: found, rows: { ids, count: found.reduce((sum, { rows }) => sum + rows.count, 0) } };
}

/** The memories that are in each of these; one more is counted if not all were looked up. */
function inAll([first, ...others]: readonly TermRows[]): TermRows {
  if (!first || others.length === 0) return first as TermRows;
  const sets = others.map(({ ids }) => new Set(ids));
  const ids = first.ids.filter((id) => sets.every((set) => set.has(id)));
  const isCut = [first, ...others].some((rows) => rows.ids.length < rows.count);
  return { ids, count: isCut ? ids.length + 1 : ids.length };
}

/** Leaves out what an earlier word says alike: two forms of one word in another language than English. */
function onceEach(said: readonly Said[]): Said[] {
  const keys = said.map(keyOf);
  return said.filter((each, i) => each.rows.count === 0 || keys.indexOf(keys[i] as string) === i);
}

function keyOf({ variants }: Said): string {
  return variants.map(({ terms }) => terms.join(' ')).join();
}
