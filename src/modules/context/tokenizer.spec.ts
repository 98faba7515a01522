import * as fc from 'fast-check';
import * as encoding from 'gpt-tokenizer/encoding/o200k_base';
import { Tokenizer } from './tokenizer.js';

const tokenizer = await Tokenizer.load();

/** What could make a token go on from one line to the next. */
const PIECES = [
  '\n',
  '\n\n',
  '\r\n',
  '\r',
  ' ',
  '  ',
  '\t',
  '/',
  '//',
  '.',
  '…',
  '-',
  '#',
  "'s",
  'S',
  'a',
  'Anna',
].concat([
  '7',
  '2024',
  '飯',
  '🙂',
  '\u0301',
  '\u00a0',
  '\u2028',
  '<|endoftext|>',
  '- [8 May 2023] She plays.',
]);

describe('counting tokens', () => {
  it('gives the same line by line as at once', () => {
    const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (each) => {
        const atOnce = encoding.countTokens(each, { disallowedSpecial: new Set<string>() });
        expect(tokenizer.count(each)).toBe(atOnce);
        expect(tokenizer.count(each)).toBe(atOnce);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('cutting a text', () => {
  it('gives the same whatever was cut before: no half of a character of another text', () => {
    const text = fc.string({ unit: 'binary', minLength: 5, maxLength: 40 });
    const tokens = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(text, text, tokens, tokens, (one, other, few, more) => {
        const alone = tokenizer.cut(one, more);
        tokenizer.cut(other, few);
        expect(tokenizer.cut(one, more)).toBe(alone);
        const kept = alone.replace(/ …$/, '');
        expect(one.toWellFormed()).toContain(kept);
      }),
      { numRuns: 1_000 },
    );
  });
});
