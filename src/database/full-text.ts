import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { stemmer } from 'stemmer';
import type { FullText } from './table.js';

/** Bounds the time and the index space that one text can take. */
const MAX_TERMS = 4_000;
const LONGEST_TERM = 64;
const WORDS = /[\p{L}\p{N}\p{M}]+/gu;
const COMBINING = /[\u0300-\u036f]/g;
/** Scripts that do not put spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
/** Bounds what a thread remembers of texts. */
const RECENT = { max: 20_000, maxSize: 1_000_000 };
/** The terms of a text are asked for twice: for its length, and for the index; a rebuild does so for many texts at once. */
const recent = new LRUCache<string, string[]>({
  ...RECENT,
  sizeCalculation: (_terms, text) => text.length + 1,
});
const prefixes = new LRUCache<string, string>({ max: 10_000 });
/** A plain map, started anew when it is full: looked up for every word of every candidate of a search. */
const MAX_CACHED_STEMS = 50_000;
const stems = new Map<string, string>();

/** The words of a text, in order: lower case, accents off, not stemmed. */
export function words(text: string): string[] {
  // oxlint-disable-next-line no-control-regex -- plain ASCII, the usual case, needs none of Unicode's slow classes
  const found = /^[\x00-\x7f]*$/.test(text)
    ? (text.toLowerCase().match(/[a-z0-9]+/g) ?? [])
    : unicodeWords(text);
  if (found.length > MAX_TERMS) found.length = MAX_TERMS;
  return found.map((word) => (word.length > LONGEST_TERM ? word.slice(0, LONGEST_TERM) : word));
}

function unicodeWords(text: string): string[] {
  const plain = text.normalize('NFKD').replaceAll(COMBINING, '').normalize('NFC').toLowerCase();
  const found = plain.match(WORDS) ?? [];
  return UNSPACED.test(plain) ? found.flatMap(segment) : found;
}

/** The terms under which a text is found: its words, reduced to their Porter stems (M. F. Porter, 1980). */
export function terms(text: string): string[] {
  let known = recent.get(text);
  if (!known) {
    known = words(text).map(stem);
    recent.set(text, known);
  }
  return known;
}

/**
 * Stands before each of a user's terms in an index, so that a search walks that user's entries only: 60 bits of the
 * user's id. Should two users ever share them, the searcher's filter on `userId` still keeps them apart.
 */
export function userPrefix(userId: string): string {
  let prefix = prefixes.get(userId);
  if (prefix === undefined) {
    prefix = `${hash('sha256', userId, 'hex').slice(0, 15)}_`;
    prefixes.set(userId, prefix);
  }
  return prefix;
}

/** What an index holds of a row: the terms of its declared columns with the user's prefix, between spaces. */
export function indexedTerms({ columns }: FullText, row: object): string {
  const prefix = userPrefix((row as { userId: string }).userId);
  return columns.flatMap((column) => terms(textIn(row, column)).map((term) => prefix + term)).join(' ');
}

/** Whether the index would hold the same of both rows. */
export function sameTexts({ columns }: FullText, a: object, b: object): boolean {
  return columns.every((column) => textIn(a, column) === textIn(b, column));
}

function textIn(row: object, column: string): string {
  return (row as Record<string, string | null>)[column] ?? '';
}

/** How often each of the asked terms stands in the texts. */
export function countTerms(
  asked: { has(term: string): boolean },
  texts: readonly string[],
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of words(text)) {
      const term = stem(word);
      if (asked.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
    }
  }
  return counts;
}

/** The Porter stem of a lower-case word. */
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
