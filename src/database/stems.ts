import { stemmer as bulgarian } from '@orama/stemmers/bulgarian';
import { stemmer as danish } from '@orama/stemmers/danish';
import { stemmer as dutch } from '@orama/stemmers/dutch';
import { stemmer as finnish } from '@orama/stemmers/finnish';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as greek } from '@orama/stemmers/greek';
import { stemmer as hungarian } from '@orama/stemmers/hungarian';
import { stemmer as italian } from '@orama/stemmers/italian';
import { stemmer as norwegian } from '@orama/stemmers/norwegian';
import { stemmer as portuguese } from '@orama/stemmers/portuguese';
import { stemmer as romanian } from '@orama/stemmers/romanian';
import { stemmer as russian } from '@orama/stemmers/russian';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { stemmer as swedish } from '@orama/stemmers/swedish';
import { stemmer as turkish } from '@orama/stemmers/turkish';
import { stemmer as ukrainian } from '@orama/stemmers/ukrainian';
import { stemmer as english } from 'stemmer';
import { IRREGULAR } from './irregular-forms.js';

type Stemmer = (word: string) => string;

/**
 * The words that a stemmer is for, as they are folded; others of the same text stay as they are elsewhere.
 */
const LATIN = /^[a-z]+$/;
const CYRILLIC = /^[\u0400-\u04ff]+$/;
const GREEK = /^[\u0370-\u03ff]+$/;
/** The definite article of Arabic, also after "and", "so", "in", "as" and "to" (light10, Larkey 2007). */
const ARABIC_ARTICLE = /^(?:[\u0648\u0641\u0628\u0643]?\u0627\u0644|\u0644\u0644)(?=..)/u;

/**
 * Snowball's stemmers (Porter 2001), by ISO 639-1. Words come without accents, which people leave out where
 * they are in a hurry. Another version of a stemmer needs another version of the projections that use its
 * stems.
 */
const STEMMERS = {
  bg: { letters: CYRILLIC, stem: withShortI(bulgarian) },
  da: { letters: LATIN, stem: danish },
  de: { letters: LATIN, stem: german },
  el: { letters: GREEK, stem: greek },
  es: { letters: LATIN, stem: spanish },
  fi: { letters: LATIN, stem: finnish },
  fr: { letters: LATIN, stem: french },
  hu: { letters: LATIN, stem: hungarian },
  it: { letters: LATIN, stem: italian },
  nl: { letters: LATIN, stem: dutch },
  no: { letters: LATIN, stem: norwegian },
  pt: { letters: LATIN, stem: portuguese },
  ro: { letters: LATIN, stem: romanian },
  ru: { letters: CYRILLIC, stem: withShortI(russian) },
  sv: { letters: LATIN, stem: swedish },
  tr: { letters: LATIN, stem: turkish },
  uk: { letters: CYRILLIC, stem: withShortI(ukrainian) },
} as const satisfies Record<string, { letters: RegExp; stem: Stemmer }>;

/**
 * A language whose words have stems of their own: all that are not English, Arabic or written without stems.
 */
export type StemmedLanguage = keyof typeof STEMMERS;

/** Every such language, in alphabetical order. */
export const STEMMED_LANGUAGES = Object.keys(STEMMERS) as StemmedLanguage[];

/** Both written forms of Norwegian have one stemmer. */
const SAME_AS: Readonly<Record<string, StemmedLanguage>> = { nb: 'no', nn: 'no' };

/** Most cached stems. A plain Map, emptied when full: a search looks up every word of every candidate. */
const MAX_CACHED = 50_000;
const cached = new Map<string, string>();

/**
 * Returns the language whose stems stand for the words of a text with this tag (BCP 47); undefined if none.
 */
export function stemmedLanguage(tag: string | null | undefined): StemmedLanguage | undefined {
  const primary = tag?.split('-', 1)[0] ?? '';
  if (Object.hasOwn(STEMMERS, primary)) return primary as StemmedLanguage;
  return Object.hasOwn(SAME_AS, primary) ? SAME_AS[primary] : undefined;
}

/**
 * Returns the term of a folded word. In a stemmed language it is the stem after the language and an
 * underscore, for words in its letters. Else: the stem of English by M. F. Porter (1980) after its irregular
 * forms, Arabic without its article, any other word as it is.
 */
export function stem(word: string, language?: StemmedLanguage): string {
  const stemmer = language && STEMMERS[language];
  const key = stemmer?.letters.test(word) ? `${language}_${word}` : word;
  let known = cached.get(key);
  if (known === undefined) {
    known = key === word ? commonStem(word) : `${language}_${stemmer?.stem(word)}`;
    if (cached.size >= MAX_CACHED) cached.clear();
    cached.set(key, known);
  }
  return known;
}

/**
 * Returns the language and the stem that a term of `stem` is made of; no language for words that have no
 * stem.
 */
export function stemIn(term: string): { stem: string; language: string | null } {
  const [language, own] = term.split('_', 2) as [string, string?];
  if (own !== undefined) return { stem: own, language };
  return { stem: term, language: /^[a-z]/.test(term) ? 'en' : null };
}

function commonStem(word: string): string {
  return /^[a-z0-9]/.test(word) ? english(IRREGULAR.get(word) ?? word) : word.replace(ARABIC_ARTICLE, '');
}

/** Gives a word the short i at its end back, which folding takes for an i with an accent. */
function withShortI(stemmer: Stemmer): Stemmer {
  return (word) => stemmer(word.replace(/(?<=[аеиоуъыэюяіє])и$/u, 'й'));
}
