import anyAscii from 'any-ascii';

/** Scripts that are also written without their marks: accents, and the points of Hebrew and Arabic. */
const OPTIONAL_MARKS =
  /(?=[\p{sc=Inherited}\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Coptic}\p{sc=Glagolitic}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}\p{sc=Samaritan}\p{sc=Mandaic}])(?![\u3099\u309a])\p{M}/gu;
/** Characters without a shape of their own, and the Arabic and N'Ko letters that only stretch a word. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u0640\u07fa]/gu;
/** Letters that are written as an apostrophe; they separate words, as the apostrophe itself does. */
const APOSTROPHES = /[\u02b9-\u02bf]/g;
const FOREIGN_LATIN = /(?![a-z])\p{sc=Latin}/gu;
const FOREIGN_DIGIT = /(?![0-9])\p{Nd}/gu;
const KATAKANA = /[\u30a1-\u30f6\u30fd\u30fe]/g;
const KATAKANA_TO_HIRAGANA = -0x60;
/** Compatibility decomposition splits this vowel of Thai and Lao, which dictionaries of words do not. */
const SPLIT_AM = /\u0e4d\u0e32|\u0ecd\u0eb2/g;
/**
 * Letters of the Arabic script that stand for each other in ordinary writing, which Unicode's data does not
 * say: Lucene's ArabicNormalizer and PersianNormalizer.
 */
const ARABIC: Readonly<Record<string, string>> = {
  '\u0671': '\u0627', // alef wasla, alef
  '\u0649': '\u064a', // alef maksura, yeh
  '\u06cc': '\u064a', // Farsi yeh, yeh
  '\u06d2': '\u064a', // yeh barree, yeh
  '\u06a9': '\u0643', // keheh, kaf
  '\u0629': '\u0647', // teh marbuta, heh
  '\u06c1': '\u0647', // heh goal, heh
  '\u06d5': '\u0647', // ae, heh
};
const ARABIC_VARIANTS = new RegExp(`[${Object.keys(ARABIC).join('')}]`, 'g');

/**
 * Returns the text as it is searched: letters that people write for each other become one. Case, accents and
 * points, widths and ligatures, stroked letters, kana and digits are folded, invisible characters removed.
 * Vowel signs, tone marks and other marks that a script is not written without stay.
 */
export function foldText(text: string): string {
  return (
    text
      .normalize('NFKD')
      .replaceAll(INVISIBLE, '')
      .replaceAll(OPTIONAL_MARKS, '')
      .replaceAll(APOSTROPHES, "'")
      // Upper case first: this folds what lower case alone keeps apart, such as ß and ss.
      .toUpperCase()
      .toLowerCase()
      .replaceAll('ς', 'σ')
      .replaceAll(FOREIGN_LATIN, latin)
      .replaceAll(FOREIGN_DIGIT, anyAscii)
      .replaceAll(KATAKANA, hiragana)
      .replaceAll(ARABIC_VARIANTS, (letter) => ARABIC[letter] as string)
      .replaceAll(SPLIT_AM, (vowel) => (vowel === '\u0e4d\u0e32' ? '\u0e33' : '\u0eb3'))
      .normalize('NFC')
  );
}

/** Returns the ASCII letters for a letter such as ł or æ; the letter itself if there are none. */
function latin(letter: string): string {
  return anyAscii(letter).toLowerCase() || letter;
}

function hiragana(letter: string): string {
  return String.fromCodePoint((letter.codePointAt(0) ?? 0) + KATAKANA_TO_HIRAGANA);
}
