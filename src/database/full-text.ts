import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { stemmer } from 'stemmer';
import type { FullText } from './table.js';

/** Most words indexed of one text; bounds the time and the index space that it takes. */
const MAX_TERMS = 4_000;
const MAX_TERM_LENGTH = 64;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const COMBINING = /[\u0300-\u036f]/g;
/** Scripts that put no spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
/** Bounds of the cache of terms, per thread: `max` texts with `maxSize` characters in total. */
const RECENT_TEXTS = { max: 20_000, maxSize: 1_000_000 };
/** Caches the terms of recent texts, which are needed twice: for the text's length and for the index. */
const recentTerms = new LRUCache<string, string[]>({
  ...RECENT_TEXTS,
  sizeCalculation: (_terms, text) => text.length + 1,
});
const prefixes = new LRUCache<string, string>({ max: 10_000 });
/** Most cached stems. A plain Map, emptied when full: a search looks up every word of every candidate. */
const MAX_CACHED_STEMS = 50_000;
const stems = new Map<string, string>();

/** Returns the words of a text in order: lower case, without accents, not stemmed. */
export function words(text: string): string[] {
  // oxlint-disable-next-line no-control-regex -- plain ASCII, the usual case, needs no slow Unicode classes
  const matches = /^[\x00-\x7f]*$/.test(text)
    ? (text.toLowerCase().match(/[a-z0-9]+/g) ?? [])
    : unicodeWords(text);
  if (matches.length > MAX_TERMS) matches.length = MAX_TERMS;
  return matches.map((word) => (word.length > MAX_TERM_LENGTH ? word.slice(0, MAX_TERM_LENGTH) : word));
}

function unicodeWords(text: string): string[] {
  const plain = text.normalize('NFKD').replaceAll(COMBINING, '').normalize('NFC').toLowerCase();
  const matches = plain.match(WORD) ?? [];
  return UNSPACED.test(plain) ? matches.flatMap(segment) : matches;
}

/** Returns the terms that a text is indexed under: the Porter stems of its words (M. F. Porter, 1980). */
export function terms(text: string): string[] {
  let known = recentTerms.get(text);
  if (!known) {
    known = words(text).map(stem);
    recentTerms.set(text, known);
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

/** Returns the indexed text of a row: the prefixed terms of its declared columns, separated by spaces. */
export function indexedTerms({ columns }: FullText, row: object): string {
  const prefix = userPrefix((row as { userId: string }).userId);
  return columns.flatMap((column) => terms(textIn(row, column)).map((term) => prefix + term)).join(' ');
}

/** Whether both rows have the same indexed text. */
export function sameTexts({ columns }: FullText, a: object, b: object): boolean {
  return columns.every((column) => textIn(a, column) === textIn(b, column));
}

function textIn(row: object, column: string): string {
  return (row as Record<string, string | null>)[column] ?? '';
}

/** Counts how often each wanted term occurs in the texts. */
export function countTerms(
  wanted: { has(term: string): boolean },
  texts: readonly string[],
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of words(text)) {
      const term = stem(word);
      if (wanted.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
    }
  }
  return counts;
}

/** Returns the Porter stem of a lower-case word. */
export function stem(word: string): string {
  let known = stems.get(word);
  if (known === undefined) {
    known = stemmer(word);
    if (stems.size >= MAX_CACHED_STEMS) stems.clear();
    stems.set(word, known);
  }
  return known;
}

function segment(run: string): string[] {
  return [...segmenter.segment(run)].filter((part) => part.isWordLike).map((part) => part.segment);
}
