import { STOPWORDS } from './stopwords.js';

/** Another spelling of a word that none of the user's memories contains. */
export interface OtherSpelling {
  /** The word that it stands for, by its place among the terms of the question. */
  of: number;
  /** What a memory must contain: all of these words. */
  words: readonly string[];
}

/** A word of a question; `next` is the word that follows it. */
export interface Spelled {
  word: string;
  next: string | undefined;
}

/** Only short questions are typed by hand: a long one is not looked up twice. */
const MOST_WORDS = 16;
const MOST_UNKNOWN = 3;
/** Shorter words are too near to other words. */
const SHORTEST_HALF = 3;
const SHORTEST_SWAPPED = 5;
const SHORTEST_MISHEARD = 8;
const VOWELS = 'aeiou';
const LETTERS = /^[a-z]+$/;

/**
 * Returns other spellings of the unknown words of a question, the likeliest first: written as one word ("sea
 * food", "seafood") or as two, with "ue" for "ü" (which is indexed as "u"), with two letters swapped, with a
 * letter doubled or not, or a long word with another vowel. Any other slip is nearer to a word that was not
 * meant (vegan, Vegas) than to the one that was.
 */
export function otherSpellings(words: readonly Spelled[], unknown: readonly number[]): OtherSpelling[] {
  if (words.length > MOST_WORDS || unknown.length > MOST_UNKNOWN) return [];
  return unknown.flatMap((of) => {
    const { word, next } = words[of] as Spelled;
    if (!LETTERS.test(word)) return [];
    const whole = next === undefined ? [] : [[word + next]];
    const misspelled = [...umlauts(word), ...swapped(word), ...doubled(word), ...misheard(word)].map(
      (each) => [each],
    );
    return [...whole, ...halves(word), ...misspelled].map((said) => ({ of, words: said }));
  });
}

function halves(word: string): string[][] {
  const found: string[][] = [];
  for (let i = SHORTEST_HALF; i <= word.length - SHORTEST_HALF; i++) {
    const both = [word.slice(0, i), word.slice(i)];
    if (!both.some((half) => STOPWORDS.has(half))) found.push(both);
  }
  return found;
}

function umlauts(word: string): string[] {
  const plain = word.replaceAll(/([aou])e/g, '$1');
  return plain === word ? [] : [plain];
}

function swapped(word: string): string[] {
  if (word.length < SHORTEST_SWAPPED) return [];
  const letters = [...word];
  return letters
    .slice(1)
    .map((letter, i) => word.slice(0, i) + letter + (letters[i] as string) + word.slice(i + 2))
    .filter((each) => each !== word);
}

function doubled(word: string): string[] {
  if (word.length < SHORTEST_SWAPPED) return [];
  const letters = [...word];
  return letters.flatMap((letter, i) => {
    if (letter === letters[i - 1]) return [word.slice(0, i) + word.slice(i + 1)];
    return letter === letters[i + 1] ? [] : [word.slice(0, i) + letter + word.slice(i)];
  });
}

function misheard(word: string): string[] {
  if (word.length < SHORTEST_MISHEARD) return [];
  return [...word].flatMap((letter, i) =>
    VOWELS.includes(letter)
      ? [...VOWELS].filter((vowel) => vowel !== letter).map((v) => word.slice(0, i) + v + word.slice(i + 1))
      : [],
  );
}
