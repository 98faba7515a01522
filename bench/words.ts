/** A random number generator (mulberry32): the same seed gives the same bodies on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const COMMON =
  `the to i and a you my it of that in is was for me with so have but on we he she this they at be not just
  what when like about feel today really time work day know think good had her him as are from one out up get go home
  because more some been would could after friend mother sister week sleep long talk happy sad tired night morning
  house dinner walk coffee music book job meeting boss school dog cat garden rain summer birthday call visit doctor`.split(
    /\s+/,
  );
const ONSETS = [
  'b',
  'br',
  'c',
  'ch',
  'd',
  'dr',
  'f',
  'g',
  'gr',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'r',
  's',
  'st',
  't',
  'v',
];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ea', 'ou'];
const CODAS = ['', 'l', 'n', 'r', 's', 't', 'nd', 'm'];

/** `size` different words: everyday ones first (the frequent ranks), then pronounceable made-up ones. */
export function vocabulary(size: number): string[] {
  const words = new Set(COMMON);
  const random = randomFrom(20_000);
  const syllable = () => pick(ONSETS, random) + pick(VOWELS, random) + pick(CODAS, random);
  while (words.size < size) words.add(syllable() + syllable() + (random() < 0.4 ? syllable() : ''));
  return [...words];
}

/** Draws words so that the frequency of the word of rank r is proportional to 1/r, as in natural text. */
export function zipfWords(words: readonly string[], random: () => number): () => string {
  const cumulative = new Float64Array(words.length);
  let total = 0;
  for (let rank = 0; rank < words.length; rank++) cumulative[rank] = total += 1 / (rank + 1);
  return () => {
    const target = random() * total;
    let low = 0;
    let high = words.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle]! < target) low = middle + 1;
      else high = middle;
    }
    return words[low]!;
  };
}

/** One of the items, all equally likely. */
export function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)]!;
}
