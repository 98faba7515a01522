/** What is used of `eld`. */
type Detect = (text: string) => {
  language: string;
  getScores(): Record<string, number>;
  isReliable(): boolean;
};

/**
 * Another language is only believed if it scores so much more than the expected one (of 0..1). Of 4,700
 * English texts this leaves one in the wrong language, and of 270 short ones in other languages 93 % in the
 * right one.
 */
const MARGIN = 0.1;
/** What a text without a language is to the index. */
export const ENGLISH = 'en';

/** Of a longer text, the beginning tells: more characters are right no more often, and cost more. */
const BEGINNING = 80;

let detect: Detect | undefined;

/** Loads the detector, which takes 30 MB: only a thread that decides what is stored needs it. */
export async function loadLanguageDetector(): Promise<void> {
  ({
    eld: { detect },
  } = await import('eld/extrasmall'));
}

/**
 * Returns the language of a text, ISO 639-1. It is `expected`, or English if nothing is, unless the text
 * clearly says otherwise: a name, or two words, may be any. Undefined if nothing is expected and the text
 * does not say.
 */
export function detectLanguage(text: string, expected: string | undefined): string | undefined {
  if (!detect) throw new Error('loadLanguageDetector was not awaited');
  const found = detect(text.slice(0, BEGINNING));
  if (!found.isReliable()) return expected;
  if (expected === undefined && found.language === ENGLISH) return ENGLISH;
  const scores = found.getScores();
  const lead = (scores[found.language] ?? 0) - (scores[expected ?? ENGLISH] ?? 0);
  return lead >= MARGIN ? found.language : expected;
}
