import { LRUCache } from 'lru-cache';

/** The tokenizer, its version and its encoding: the one of the GPT-4o and GPT-5 models. */
export const TOKENIZER = 'gpt-tokenizer 4.0.0 o200k_base';

/** Counts of short texts that are remembered, by their length: memories and messages come again and again. */
const REMEMBERED_CHARACTERS = 2_000_000;
const LONGEST_REMEMBERED = 4_000;
/** A token of running text has four characters; more than this many are nowhere in a text of that many tokens. */
const CHARACTERS_PER_TOKEN = 12;
/** How far a cut moves back to the end of a word, in characters. */
const LONGEST_WORD = 24;
const ELLIPSIS = ' …';

/** Text that looks like a control token is text. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

interface Encoding {
  encode(text: string, options?: object): number[];
  decode(tokens: number[]): string;
  countTokens(text: string, options?: object): number;
}

/** Counts texts in tokens, and cuts them short. */
export class Tokenizer {
  private static loading: Promise<Tokenizer> | undefined;
  private readonly counts = new LRUCache<string, number>({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (_count, text) => text.length + 50,
  });

  private constructor(private readonly encoding: Encoding) {}

  /** Loads the encoding at the first context: it takes 70 MB and a third of a second. */
  static load(): Promise<Tokenizer> {
    Tokenizer.loading ??= import('gpt-tokenizer/encoding/o200k_base').then(
      (encoding: Encoding) => new Tokenizer(encoding),
    );
    return Tokenizer.loading;
  }

  count(text: string): number {
    if (text.length > LONGEST_REMEMBERED) return this.encoding.countTokens(text, AS_TEXT);
    let count = this.counts.get(text);
    if (count === undefined) {
      count = this.encoding.countTokens(text, AS_TEXT);
      this.counts.set(text, count);
    }
    return count;
  }

  /** Returns the text if it has at most so many tokens, else its beginning, to the end of a word, and "…". */
  cut(text: string, tokens: number): string {
    const start = text.slice(0, tokens * CHARACTERS_PER_TOKEN);
    if (start.length === text.length && this.count(text) <= tokens) return text;
    const kept = this.encoding.encode(start, AS_TEXT);
    for (let length = Math.min(tokens, kept.length); length > 0; length--) {
      const short = wholeWords(this.encoding.decode(kept.slice(0, length))) + ELLIPSIS;
      if (this.count(short) <= tokens) return short;
    }
    return '';
  }
}

/** Leaves out a character that was cut in two, and the last word if a space is near. */
function wholeWords(text: string): string {
  const whole = text
    .replace(/\uFFFD+$/, '')
    .toWellFormed()
    .replace(/\uFFFD+$/, '');
  const space = whole.search(/\s\S*$/);
  return (space > 0 && whole.length - space <= LONGEST_WORD ? whole.slice(0, space) : whole).trimEnd();
}
