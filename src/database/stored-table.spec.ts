import { parsedRow, storedRow, storedTable } from './stored-table.js';
import { boolean, defineTable, json, nullable, text } from './table.js';

const table = defineTable(
  'things',
  { userId: text(), known: boolean(), list: json<number[]>(), note: nullable(json<object>()) },
  { key: ['userId'] },
);
const row = { userId: 'ada', known: true, list: [1, 2], note: null };

describe('a stored table', () => {
  it('has JSON as text and all other values unchanged', () => {
    expect(storedRow(table, row)).toEqual({ ...row, list: '[1,2]' });
    expect(storedTable(table)).toMatchObject({ name: 'things', key: ['userId'] });
    expect(Object.values(storedTable(table).columns).map(({ kind }) => kind)).toEqual([
      'text',
      'boolean',
      'text',
      'text',
    ]);
    expect(storedTable(table)).toBe(storedTable(table));
  });

  it('is parsed back, except for text that is not JSON', () => {
    expect(parsedRow(table, storedRow(table, row))).toEqual(row);
    expect(parsedRow(table, { ...row, list: '[1,' })).toEqual({ ...row, list: '[1,' });
  });

  it('does not modify the original row', () => {
    storedRow(table, row);
    expect(row.list).toEqual([1, 2]);
  });
});
