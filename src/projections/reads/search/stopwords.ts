import { dan, deu, ell, eng, fra, ita, nld, nob, por, rus, spa, tur, ukr } from 'stopword';
import { words } from '../../../database/full-text.js';
import type { StemmedLanguage } from '../../../database/stems.js';

/**
 * English words too common to tell memories apart; "like" may be all that a question asks, and "does" is as
 * common as "do".
 */
export const STOPWORDS: ReadonlySet<string> = new Set([...eng.filter((word) => word !== 'like'), 'does']);

/**
 * Words of the German list that a question may be about; the list is of words that are frequent, whatever
 * they say.
 */
const TELLING_GERMAN =
  words(`bekannt besonders besser beste besten ehrlich ei ende ernst erste ersten gott groß große
  großen großer großes gut gute guter gutes hoch jahr jahre jahren klein kleine kleinen kleiner kleines kurz lang lange
  leicht lieber mag magst mann mensch menschen mittel mögen möglich morgen neue neuen offen ordnung recht rechte
  rechten rechter rechtes richtig rund sache satt schlecht schluss spät später suche tag tage tagen tat teil tel
  uhr zeit zusammen`);

/**
 * The same for other languages, folded: only lists of words that say nothing by themselves. They count for
 * memories of their language alone: "die" is no German article in an English one.
 */
const STOPWORDS_IN: Readonly<Partial<Record<StemmedLanguage, ReadonlySet<string>>>> = {
  da: folded(dan),
  de: folded(deu, TELLING_GERMAN),
  el: folded(ell),
  es: folded(spa),
  fr: folded(fra),
  it: folded(ita),
  nl: folded(nld),
  no: folded(nob),
  pt: folded(por),
  ru: folded(rus),
  tr: folded(tur),
  uk: folded(ukr),
};

/** Whether a folded word is too common to tell the memories of a language apart. */
export function isStopword(word: string, language: StemmedLanguage): boolean {
  return STOPWORDS_IN[language]?.has(word) ?? false;
}

function folded(list: readonly string[], telling: readonly string[] = []): ReadonlySet<string> {
  const set = new Set(list.flatMap((entry) => words(entry)));
  for (const word of telling) set.delete(word);
  return set;
}
