import { eng } from 'stopword';
import { stem, words } from '../../database/full-text.js';
import { labelTerm } from '../memory-text.js';
import { namedDates, type NamedDate } from './question-dates.js';

/** What a search looks for in a user's memories. */
export interface Question {
  /** The stems of the words that tell something, each once, in order. */
  terms: readonly string[];
  /** The same words as terms of a label, in the same order. */
  labels: readonly string[];
  dates: readonly NamedDate[];
  /** Whether it asks for a place. */
  asksWhere: boolean;
}

/** English words too common to tell memories apart; "like" may be all that a question asks. */
const stopwords = new Set(eng.filter((word) => word !== 'like'));
const PLACE = /\bwhere\b|\b(?:which|what)\b[^?]*\b(?:city|country|place|state|town)\b/i;

/** Reads a question. Stopwords count only if there is nothing else. */
export function readQuestion(q: string): Question {
  const all = words(q);
  const telling = all.filter((word) => !stopwords.has(word));
  const kept = telling.length > 0 ? telling : all;
  const byTerm = new Map(kept.map((word) => [stem(word), labelTerm(word)]));
  return {
    terms: [...byTerm.keys()],
    labels: [...byTerm.values()],
    dates: namedDates(q),
    asksWhere: PLACE.test(q),
  };
}
