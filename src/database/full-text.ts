import { stemmer } from 'stemmer';
import { LRUCache } from 'lru-cache';

/** Bounds the time and the index space that one text can take. */
const MOST_TERMS = 4_000;
const LONGEST_TERM = 64;
const WORDS = /[\p{L}\p{N}\p{M}]+/gu;
const COMBINING = /[\u0300-\u036f]/g;
/** Scripts that do not put spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
/** The write path asks for the terms of a text twice: for its length, and for the index. */
const recent = new LRUCache<string, string[]>({ max: 256 });
const stems = new LRUCache<string, string>({ max: 50_000 });

/** The words of a text, in order: lower case, accents off, not stemmed. */
export function words(text: string): string[] {
  // oxlint-disable-next-line no-control-regex -- the quick way out for plain ASCII
  const plain = /^[\x00-\x7f]*$/.test(text)
    ? text.toLowerCase()
    : text.normalize('NFKD').replaceAll(COMBINING, '').normalize('NFC').toLowerCase();
  const found = plain.match(WORDS) ?? [];
  const split = UNSPACED.test(plain) ? found.flatMap(segment) : found;
  return split.slice(0, MOST_TERMS).map((word) => word.slice(0, LONGEST_TERM));
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

/** The Porter stem of a lower-case word. */
export function stem(word: string): string {
  let known = stems.get(word);
  if (known === undefined) {
    known = stemmer(word);
    stems.set(word, known);
  }
  return known;
}

function segment(run: string): string[] {
  return [...segmenter.segment(run)].filter((part) => part.isWordLike).map((part) => part.segment);
}
