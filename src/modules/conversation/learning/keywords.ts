import { extract } from 'keyword-extractor';

/** Most keywords of a message, as the original EdgeSoul has it. */
const MAX_KEYWORDS = 5;
/** Shorter words are rarely what a message is about; longer ones are text of a script without blanks. */
const MIN_LENGTH = 3;
const MAX_LENGTH = 32;

/**
 * Words that say how somebody feels about a thing, that they speak of it, or when: they are no stop words of
 * the library, but no topic either, and no trigger of the emotion that they name.
 */
const NO_TOPICS = new Set(
  [
    'love loves loved loving likes liking adore adores adored enjoy enjoys enjoyed enjoying prefer prefers preferred',
    'hate hates hated hating dislike dislikes disliked favorite favourite interested',
    'feel feels feeling feelings felt glad sad angry afraid scared excited upset proud worried',
    'talk talks talked talking tell tells telling told speak spoke answer answers reply replies',
    'today tonight tomorrow yesterday lately recently',
    'start starts started starting make makes making made thing things stuff lot lots bit',
  ].flatMap((line) => line.split(' ')),
);

/**
 * Returns what an English message is about: its commonest words without stop words and without NO_TOPICS, in
 * lower case; equally common ones in the order of the text. The same message always gives the same words.
 */
export function keywords(message: string): string[] {
  const words = extract(message.replaceAll('’', "'"), {
    language: 'english',
    remove_digits: true,
    return_changed_case: true,
  });
  const counts = new Map<string, number>();
  for (const found of words) {
    const word = found.replace(/'s$/u, '');
    if (word.length < MIN_LENGTH || word.length > MAX_LENGTH || NO_TOPICS.has(word)) continue;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MAX_KEYWORDS)
    .map(([word]) => word);
}
