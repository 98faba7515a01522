import { columnName, defineTable, keyText, text } from './table.js';

describe('a table', () => {
  it('has no indexes beside its key unless it declares them', () => {
    expect(defineTable('boats', { userId: text() }, { key: ['userId'] })).toEqual({
      name: 'boats',
      columns: { userId: { kind: 'text', nullable: false } },
      key: ['userId'],
      indexes: [],
    });
  });
});

describe('the name of a column', () => {
  it.each([
    ['userId', 'user_id'],
    ['lastRecalledAt', 'last_recalled_at'],
    ['start', 'start'],
  ])('of %s is %s', (property, column) => {
    expect(columnName(property)).toBe(column);
  });
});

describe('the text of a key', () => {
  it('is one that no other key of the table shares', () => {
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
