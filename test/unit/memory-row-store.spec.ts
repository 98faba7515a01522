import * as fc from 'fast-check';
import { RowBatch } from '../../src/database/row-batch.js';
import type { Filter, RowQuery } from '../../src/database/row-store.js';
import { defineTable, integer, nullable, text } from '../../src/database/table.js';
import { MemoryRowStore } from '../support/memory-row-store.js';

interface Boat {
  userId: string;
  name: string;
  length: number;
  harbour: string | null;
}

const boats = defineTable(
  'boats',
  { userId: text(), name: text(), length: integer(), harbour: nullable(text()) },
  { key: ['userId', 'name'] },
);
const crews = defineTable('crews', { userId: text() }, { key: ['userId'] });

function storeOf(rows: readonly Boat[]): MemoryRowStore {
  const store = new MemoryRowStore();
  const batch = new RowBatch(store);
  for (const row of rows) batch.put(boats, row);
  store.save(batch.changes());
  return store;
}

const boat = (name: string, length: number, fields: Partial<Boat> = {}): Boat => ({
  userId: 'u',
  name,
  length,
  harbour: null,
  ...fields,
});
const names = (rows: readonly Boat[]) => rows.map(({ name }) => name);

describe('rows in memory', () => {
  it('are found by their full key', async () => {
    const store = storeOf([boat('a', 1), boat('b', 2), boat('a', 3, { userId: 'v' })]);
    expect(store.load(boats, ['v', 'a'])).toEqual(boat('a', 3, { userId: 'v' }));
    expect(await store.get(boats, 'u', 'b')).toEqual(boat('b', 2));
    expect(await store.get(boats, 'v', 'b')).toBeUndefined();
  });

  it('of one table are cleared without those of the others', () => {
    const store = storeOf([boat('a', 1)]);
    const batch = new RowBatch(store);
    batch.put(crews, { userId: 'u' });
    store.save(batch.changes());
    store.clear(boats);
    expect(store.all(boats)).toEqual([]);
    expect(store.all(crews)).toEqual([{ userId: 'u' }]);
  });
});

const list = (rows: readonly Boat[], query: Partial<RowQuery>) =>
  storeOf(rows).list(boats, { filters: [], order: ['name'], limit: 100, ...query });

describe('a page of rows', () => {
  it('is empty when the table is empty', async () => {
    expect(await list([], {})).toEqual([]);
  });

  it('orders text by its UTF-8 bytes, as the databases do, not by UTF-16', async () => {
    const rows = [boat('\u{10000}', 1), boat('\uFFFD', 1), boat('b', 1), boat('B', 1), boat('é', 1)];
    expect(names(await list(rows, {}))).toEqual(['B', 'b', 'é', '\uFFFD', '\u{10000}']);
  });

  it('orders numbers by size', async () => {
    const rows = [boat('a', 10), boat('b', -1), boat('c', 9)];
    expect(names(await list(rows, { order: ['length'] }))).toEqual(['b', 'c', 'a']);
  });

  it('continues after the last row of the previous page, in either direction', async () => {
    const rows = [boat('a', 2), boat('b', 1), boat('c', 2), boat('d', 3)];
    const order = ['length', 'name'];
    expect(names(await list(rows, { order, after: [2, 'a'] }))).toEqual(['c', 'd']);
    expect(names(await list(rows, { order, after: [2, 'c'], descending: true }))).toEqual(['a', 'b']);
    expect(names(await list(rows, { order, after: [3, 'd'] }))).toEqual([]);
  });

  it.each<[string, Filter, string[]]>([
    ['equal to', ['length', '=', 2], ['b']],
    ['at least', ['length', '>=', 2], ['b', 'c']],
    ['above', ['length', '>', 2], ['c']],
    ['below', ['length', '<', 2], ['a']],
    ['among', ['length', 'in', [1, 3, 5]], ['a', 'c']],
    ['among none', ['length', 'in', []], []],
    ['at least, of text', ['name', '>=', 'b'], ['b', 'c']],
  ])('contains only rows whose value is %s', async (_, filter, expected) => {
    expect(names(await list([boat('a', 1), boat('b', 2), boat('c', 3)], { filters: [filter] }))).toEqual(
      expected,
    );
  });

  it('contains no row whose value is null, whatever it is compared with', async () => {
    const rows = [boat('a', 1), boat('b', 2, { harbour: 'Kiel' })];
    const filters: Filter[] = [
      ['harbour', '=', 'Kiel'],
      ['harbour', '>=', ''],
      ['harbour', '<', 'z'],
      ['harbour', 'in', ['Kiel', '']],
    ];
    for (const filter of filters) expect(names(await list(rows, { filters: [filter] }))).toEqual(['b']);
  });

  it('contains only rows that pass every filter', async () => {
    const filters: Filter[] = [
      ['length', '>=', 2],
      ['length', '<', 3],
    ];
    expect(names(await list([boat('a', 1), boat('b', 2), boat('c', 3)], { filters }))).toEqual(['b']);
  });

  it('is one of the pages that together give exactly the rows of a plain sort', async () => {
    const row = fc.record({
      userId: fc.constant('u'),
      name: fc.string({ unit: fc.constantFrom('a', 'B', 'é', '漢', '\uFFFD', '\u{1F600}'), maxLength: 3 }),
      length: fc.integer({ min: -2, max: 3 }),
      harbour: fc.constant(null),
    });
    const rows = fc.uniqueArray(row, { selector: ({ name }) => name, maxLength: 25, size: 'max' });
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), fc.integer({ min: 1, max: 7 }), async (all, descending, limit) => {
        const filters: Filter[] = [['length', '>=', -1]];
        const paged: Boat[] = [];
        for (;;) {
          const last = paged.at(-1);
          const page = await list(all, {
            filters,
            order: ['length', 'name'],
            descending,
            limit,
            ...(last ? { after: [last.length, last.name] } : {}),
          });
          expect(page.length).toBeLessThanOrEqual(limit);
          paged.push(...page);
          if (page.length < limit) break;
        }
        const expected = all.filter(({ length }) => length >= -1).toSorted(byLengthAndName);
        expect(paged).toEqual(descending ? expected.toReversed() : expected);
      }),
    );
  });
});

/** Compares code points, which sort as their UTF-8 bytes do. */
function byLengthAndName(a: Boat, b: Boat): number {
  const [left, right] = [a.name, b.name].map((name) =>
    [...name].map((part) => part.codePointAt(0) as number),
  );
  const differing = (left ?? []).findIndex((part, i) => part !== right?.[i]);
  const byName =
    differing === -1
      ? (left ?? []).length - (right ?? []).length
      : (left?.[differing] ?? -1) - (right?.[differing] ?? -1);
  return a.length - b.length || byName;
}
