import { extract } from 'keyword-extractor';

/** Most keywords of a message, as the original EdgeSoul has it. */
const MAX_KEYWORDS = 5;
/** Shorter words are rarely what a message is about; longer ones are text of a script without blanks. */
const MIN_LENGTH = 3;
const MAX_LENGTH = 32;

/**
 * Returns what an English message is about: its commonest words without stop words, in lower case; equally
 * common ones in the order of the text. The same message always gives the same words.
 */
export function keywords(message: string): string[] {
  const words = extract(message.replaceAll('’', "'"), {
    language: 'english',
    remove_digits: true,
    return_changed_case: true,
  });
  const counts = new Map<string, number>();
  for (const word of words) {
    const { length } = word;
    if (length >= MIN_LENGTH && length <= MAX_LENGTH) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MAX_KEYWORDS)
    .map(([word]) => word);
}
