import { words } from '../../../database/full-text.js';
import { stem } from '../../../database/stems.js';
import { labelTerm } from '../../memory/memory-text.js';
import type { Spelled } from './other-spellings.js';
import { namedDates, type NamedDate } from './question-dates.js';
import { STOPWORDS } from './stopwords.js';

/** What a search looks for in a user's memories. */
export interface Question {
  /** The stems of the words that tell something, each once, in order. */
  terms: readonly string[];
  /** The same words as terms of a label, in the same order. */
  labels: readonly string[];
  /** The same words as written, in the same order. */
  spelled: readonly Spelled[];
  dates: readonly NamedDate[];
  /** Whether it asks for a place. */
  asksWhere: boolean;
}

const PLACE = /\bwhere\b|\b(?:which|what)\b[^?]*\b(?:city|country|place|state|town)\b/i;

/** Reads a question. Stopwords count only if there is nothing else. */
export function readQuestion(q: string): Question {
  const all = words(q);
  const telling = all.filter((word) => !STOPWORDS.has(word));
  const kept = telling.length > 0 ? telling : all;
  const byTerm = new Map(kept.map((word) => [stem(word), word]));
  return {
    terms: [...byTerm.keys()],
    labels: [...byTerm.values()].map(labelTerm),
    spelled: [...byTerm.values()].map((word) => ({ word, next: all[all.lastIndexOf(word) + 1] })),
    dates: namedDates(q),
    asksWhere: PLACE.test(q),
  };
}
