import { pagesOf } from './pages-of.js';
import type { RowQuery } from './row-store.js';
import { compareKeys, defineTable, integer, text, type Table } from './table.js';

const boats = defineTable('boats', { userId: text(), number: integer() }, { key: ['userId', 'number'] });
const ORDER = { filters: [], order: ['userId', 'number'] };

/** Lists rows as a database does, and notes how many each page had. */
function listing(rows: { userId: string; number: number }[], pages: number[] = []) {
  return {
    pages,
    list: async <Row extends object>(_table: Table<Row>, { after, limit, descending }: RowQuery) => {
      const key = ({ userId, number }: (typeof rows)[number]) => [userId, number];
      const sign = descending ? -1 : 1;
      const page = rows
        .toSorted((a, b) => sign * compareKeys(key(a), key(b)))
        .filter((row) => after === undefined || sign * compareKeys(key(row), after) > 0)
        .slice(0, limit);
      pages.push(page.length);
      return page as unknown as Row[];
    },
  };
}

async function collected(reads: ReturnType<typeof listing>, descending = false) {
  const all: number[] = [];
  for await (const page of pagesOf(reads, boats, { ...ORDER, descending }))
    all.push(...page.map(({ number }) => number));
  return all;
}

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const rowsOf = (count: number) => numbers(count).map((number) => ({ userId: 'ada', number }));

describe('the pages of all rows', () => {
  it.each([0, 1, 1_999, 2_000, 2_001, 4_500])('contain each of %i rows once, in order', async (count) => {
    expect(await collected(listing(rowsOf(count)))).toEqual(numbers(count));
    expect(await collected(listing(rowsOf(count)), true)).toEqual(numbers(count).toReversed());
  });

  it('are read one at a time, so that a reader may stop early', async () => {
    const reads = listing(rowsOf(10_000));
    for await (const page of pagesOf(reads, boats, ORDER)) if (page.length > 0) break;
    expect(reads.pages).toEqual([2_000]);
  });
});
