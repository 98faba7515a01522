import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { boundedCache } from './bounded-cache.js';
import { foldText } from './fold-text.js';
import { stem, stemmedLanguage, type StemmedLanguage } from './stems.js';
import type { FullText } from './table.js';

/** A longer word is cut; the same word in a question is cut alike, so it is still found. In code points. */
const MAX_WORD_LENGTH = 64;
// oxlint-disable-next-line no-control-regex -- plain ASCII, the usual case, needs no slow Unicode classes
const ASCII = /^[\x00-\x7f]*$/;
/** A run of letters, digits and marks, or one emoji; a flag is a pair of regional indicators. */
const RUN = /[\p{L}\p{N}\p{M}]+|\p{RI}{1,2}|\p{Extended_Pictographic}/gu;
const CJK = '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}\\p{scx=Bopomofo}';
/** Scripts without spaces between words for which the engine has a dictionary. */
const DICTIONARY = '\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}';
/** Parts of a run that are split into words in different ways. */
const PART = new RegExp(`(?<cjk>[${CJK}]+)|(?<unspaced>[${DICTIONARY}]+)|[^${CJK}${DICTIONARY}]+`, 'gu');
const SEVERAL_WAYS = new RegExp(`[${CJK}${DICTIONARY}]`, 'u');

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
/** The rows of a user that contain a term. */
export interface TermRows {
  /** How many there are. */
  count: number;
  /** Their ids, ascending; of more than were asked for, the greatest. */
  ids: readonly number[];
}

/** Characters of the texts whose terms are remembered, per thread. */
const RECENT_CHARACTERS = 1_000_000;
/** Counted for each of them besides its characters: so there are at most 20,000. */
const CHARACTERS_PER_TEXT = 50;
/** Caches the terms of recent texts, which are needed twice: for the text's length and for the index. */
const recentTerms = new LRUCache<string, string[]>({
  maxSize: RECENT_CHARACTERS,
  sizeCalculation: (_terms, text) => text.length + CHARACTERS_PER_TEXT,
});
const prefixes = boundedCache<string>(10_000);

/**
 * Returns the words of a question in order, folded (see `foldText`), not stemmed. Han, kana and Hangul give
 * each pair of neighbours, as Lucene's CJKAnalyzer does, or the one character that stands alone.
 */
export function words(text: string): string[] {
  return split(text, false);
}

/** Splits into words; with `single`, pairs of Han, kana and Hangul are followed by their characters. */
function split(text: string, single: boolean): string[] {
  if (ASCII.test(text)) {
    const plain = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    return plain.map((word) => (word.length > MAX_WORD_LENGTH ? word.slice(0, MAX_WORD_LENGTH) : word));
  }
  const found: string[] = [];
  for (const [run] of foldText(text).matchAll(RUN)) {
    if (!SEVERAL_WAYS.test(run)) found.push(cut(run));
    else
      for (const { 0: part, groups } of run.matchAll(PART)) {
        if (groups?.['cjk']) addPairs(found, part, single);
        else if (groups?.['unspaced']) for (const word of segment(part)) found.push(cut(word));
        else found.push(cut(part));
      }
  }
  return found;
}

/** Cuts a long word between code points: half of one could not be stored. */
function cut(word: string): string {
  if (word.length <= MAX_WORD_LENGTH) return word;
  return Array.from(word.slice(0, 2 * MAX_WORD_LENGTH))
    .slice(0, MAX_WORD_LENGTH)
    .join('');
}

function addPairs(found: string[], run: string, single: boolean): void {
  const characters = [...run];
  for (let i = 1; i < characters.length; i++)
    found.push(`${characters[i - 1] as string}${characters[i] as string}`);
  if (single || characters.length === 1) found.push(...characters);
}

/**
 * Returns the terms that a text is indexed under: the stems of its words in its language, and every character
 * of Han, kana and Hangul, so that a question of one character finds it.
 */
export function terms(text: string, language?: StemmedLanguage): string[] {
  const key = language === undefined ? text : `${language}_${text}`;
  let known = recentTerms.get(key);
  if (!known) {
    known = split(text, true).map((word) => stem(word, language));
    recentTerms.set(key, known);
  }
  return known;
}

/**
 * Returns the prefix of a user's terms in the index: 60 bits of the SHA-256 of the user's id. With it, a
 * search reads only that user's entries. Should two users share a prefix, the search still filters by
 * `userId`.
 */
export function userPrefix(userId: string): string {
  let prefix = prefixes.get(userId);
  if (prefix === undefined) {
    prefix = `${hash('sha256', userId, 'hex').slice(0, 15)}_`;
    prefixes.set(userId, prefix);
  }
  return prefix;
}

/**
 * Returns the terms that a row is indexed under, each once, with the user's prefix: those of its declared
 * columns, and its further ones.
 */
export function indexedTerms(declared: FullText, row: object): string[] {
  const prefix = userPrefix((row as { userId: string }).userId);
  return [...rowTerms(declared, row)].map((term) => prefix + term);
}

/** The same terms without the prefix. */
export function rowTerms(declared: FullText, row: object): Set<string> {
  const language = languageIn(declared, row);
  const found = new Set<string>();
  for (const column of declared.columns)
    for (const term of terms(textIn(row, column), language)) found.add(term);
  for (const term of declared.further?.(row) ?? []) found.add(term);
  return found;
}

/** Whether a row's entry in the index changes; a row may also come and go within one change. */
export function isChanged(
  declared: FullText,
  before: object | undefined,
  after: object | undefined,
): boolean {
  if (!before || !after) return before !== after;
  const { id, columns } = declared;
  if (languageIn(declared, before) !== languageIn(declared, after)) return true;
  const isSame = columns.every((column) => textIn(before, column) === textIn(after, column));
  return !isSame || idIn(before, id) !== idIn(after, id);
}

/** Returns the id of a row's entry in the index. */
export function idIn(row: object, column: string): number {
  return (row as Record<string, number>)[column] as number;
}

function textIn(row: object, column: string): string {
  return (row as Record<string, string | null>)[column] ?? '';
}

/** The language of a row's stems. */
function languageIn({ language }: FullText, row: object): StemmedLanguage | undefined {
  return language === undefined
    ? undefined
    : stemmedLanguage((row as Record<string, string | null>)[language]);
}

function segment(run: string): string[] {
  return [...segmenter.segment(run)].filter((part) => part.isWordLike).map((part) => part.segment);
}
