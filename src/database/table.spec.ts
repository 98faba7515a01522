import * as fc from 'fast-check';
import { columnName, compareKeys, defineTable, keyText, text } from './table.js';

describe('a table', () => {
  it('has no indexes besides its key unless it declares them', () => {
    expect(defineTable('boats', { userId: text() }, { key: ['userId'] })).toEqual({
      name: 'boats',
      columns: { userId: { kind: 'text', nullable: false } },
      key: ['userId'],
      indexes: [],
    });
  });
});

describe('the column name', () => {
  it.each([
    ['userId', 'user_id'],
    ['lastRecalledAt', 'last_recalled_at'],
    ['start', 'start'],
  ])('of %s is %s', (property, column) => {
    expect(columnName(property)).toBe(column);
  });
});

describe('the text of a key', () => {
  it('is unique in the table', () => {
    const keys = [
      ['a', 'b'],
      ['ab', ''],
      ['', 'ab'],
      ['a', 1, 'b'],
      ['a', '1b'],
      ['a1', 'b'],
    ];
    expect(new Set(keys.map(keyText)).size).toBe(keys.length);
  });
});

describe('the order of keys', () => {
  it('follows their UTF-8 bytes, as in both databases', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('a', 'b', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '𐀀'))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(part, part, fc.integer(), (a, b, n) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareKeys([n, a], [n, b]))).toBe(bytes);
      }),
    );
    expect(compareKeys(['a', 2], ['a', 10])).toBeLessThan(0);
  });
});
