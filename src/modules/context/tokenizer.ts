import { LRUCache } from 'lru-cache';

/** The tokenizer, its version and its encoding: the one of the GPT-4o and GPT-5 models. */
export const TOKENIZER = 'gpt-tokenizer 4.0.0 o200k_base';

/**
 * No token goes on after a line break, unless white space or "/" follows: see the pattern of the encoding.
 */
const BETWEEN_LINES = /(?<=\n)(?=[^\s/])/;
/**
 * Counts of short lines that are remembered, by the bytes of their texts and what else an entry takes: memories
 * and messages come again and again. A memory is counted twice, alone and as a line with its date; this is room
 * for both of 10,000 memories.
 */
const REMEMBERED_BYTES = 8_000_000;
const ENTRY_BYTES = 100;
const LONGEST_REMEMBERED = 4_000;
/**
 * A token of running text has four characters; more than this many are nowhere in a text of that many tokens.
 */
const CHARACTERS_PER_TOKEN = 12;
// oxlint-disable-next-line no-control-regex -- all of Latin-1
const LATIN1 = /^[\x00-\xff]*$/;
/** How far a cut moves back to the end of a word, in characters. */
const LONGEST_WORD = 24;
const ELLIPSIS = ' …';
/** Each of its tokens is a part of it. */
const RARE_CHARACTER = '\u{10ffff}';

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
    maxSize: REMEMBERED_BYTES,
    sizeCalculation: (_count, text) => (LATIN1.test(text) ? 1 : 2) * text.length + ENTRY_BYTES,
  });

  private constructor(private readonly encoding: Encoding) {}

  /** Loads the encoding at the first context: it takes 70 MB and a third of a second. */
  static load(): Promise<Tokenizer> {
    Tokenizer.loading ??= import('gpt-tokenizer/encoding/o200k_base').then(
      (encoding: Encoding) => new Tokenizer(encoding),
    );
    return Tokenizer.loading;
  }

  /** Returns the sum over the lines: most of them were counted before. */
  count(text: string): number {
    let sum = 0;
    for (const line of text.split(BETWEEN_LINES)) sum += this.countLine(line);
    return sum;
  }

  /** Returns the text if it has at most so many tokens, else its beginning, to the end of a word, and "…". */
  cut(text: string, tokens: number): string {
    const start = text.slice(0, tokens * CHARACTERS_PER_TOKEN);
    if (start.length === text.length && this.count(text) <= tokens) return text;
    const kept = this.encoding.encode(start, AS_TEXT);
    for (let length = Math.min(tokens, kept.length); length > 0; length--) {
      const short = wholeWords(this.decoded(kept.slice(0, length))) + ELLIPSIS;
      if (this.count(short) <= tokens) return short;
    }
    return '';
  }

  /**
   * The library has one decoder for all texts, which keeps the beginning of a character that was cut in two, and
   * puts it before the next text. A character that is complete takes it out.
   */
  private decoded(tokens: number[]): string {
    const text = this.encoding.decode(tokens);
    this.encoding.decode(this.encoding.encode(RARE_CHARACTER, AS_TEXT));
    return text;
  }

  private countLine(line: string): number {
    if (line.length > LONGEST_REMEMBERED) return this.encoding.countTokens(line, AS_TEXT);
    let count = this.counts.get(line);
    if (count === undefined) {
      count = this.encoding.countTokens(line, AS_TEXT);
      this.counts.set(copied(line), count);
    }
    return count;
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

/** A part of a text keeps the whole text in memory; a copy does not. Where it can, it has a byte a character. */
function copied(text: string): string {
  const encoding = LATIN1.test(text) ? 'latin1' : 'utf16le';
  return Buffer.from(text, encoding).toString(encoding);
}
