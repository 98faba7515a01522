import * as fc from 'fast-check';
import { NumberReader, numberText, signed, unsigned } from './number-text.js';

describe('numbers as text', () => {
  it.each([
    [0, 'A'],
    [31, 'f'],
    [32, 'gB'],
    [1_000_000, 'gywe'],
    [Number.MAX_SAFE_INTEGER, '//////////H'],
  ])('%d is %s', (value, written) => {
    expect(numberText(value)).toBe(written);
  });

  it('are read as they were written, one after another', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat()), (values) => {
        const reader = new NumberReader().open(values.map(numberText).join(''));
        expect(values.map(() => reader.next())).toEqual(values);
        expect(reader.isAtEnd).toBe(true);
      }),
    );
  });

  it('are read of one text after another', () => {
    const reader = new NumberReader();
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 3_000 }), (values) => {
        reader.open(values.map(numberText).join(''));
        expect(values.map(() => reader.next())).toEqual(values);
        expect(() => reader.next()).toThrow(RangeError);
      }),
    );
  });

  it('can be skipped', () => {
    const reader = new NumberReader().open([1, 1_000_000, 2].map(numberText).join(''));
    reader.skip(2);
    expect(reader.next()).toBe(2);
  });

  it('have a form without a sign', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 51), max: 2 ** 51 }), (value) => {
        expect(unsigned(value)).toBeGreaterThanOrEqual(0);
        expect(signed(unsigned(value))).toBe(value);
      }),
    );
  });

  it.each([-1, 0.5, NaN, 2 ** 53])('refuse %d', (value) => {
    expect(() => numberText(value)).toThrow(RangeError);
  });

  it.each(['', 'g', '-', 'ü'])('are damaged in %j', (written) => {
    expect(() => new NumberReader().open(written).next()).toThrow('A packed number is damaged.');
  });
});
