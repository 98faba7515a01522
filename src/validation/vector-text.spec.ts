import * as fc from 'fast-check';
import { dimensionsOf, isVectorText, vectorOf, vectorText } from './vector-text.js';

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const numbers = fc.array(float, { minLength: 8, maxLength: 50 });

describe('the text of a vector', () => {
  it('has its numbers as float32s', () => {
    fc.assert(
      fc.property(numbers, (each) => {
        const text = vectorText(each);
        if (text === undefined) return each.every((number) => number === 0);
        expect(isVectorText(text)).toBe(true);
        expect(dimensionsOf(text)).toBe(each.length);
        return Array.from(vectorOf(text)).every((number, i) =>
          Object.is(number, Math.fround(each[i] as number)),
        );
      }),
    );
  });

  it.each([
    ['no text', 7],
    ['nothing', ''],
    ['seven numbers', Buffer.alloc(28, 1).toString('base64')],
    ['half a number', Buffer.alloc(34, 1).toString('base64')],
    ['4,097 numbers', Buffer.alloc(4 * 4_097, 1).toString('base64')],
    ['zeros', Buffer.alloc(32).toString('base64')],
    ['no numbers', Buffer.alloc(32, 0xff).toString('base64')],
    ['the alphabet of URLs', Buffer.alloc(32, 0xfb).toString('base64url')],
    ['white space', ` ${Buffer.alloc(32, 1).toString('base64')}`],
  ])('is not %s', (_name, value) => {
    expect(isVectorText(value)).toBe(false);
  });
});
