import * as fc from 'fast-check';
import { refusalOf } from '../../test/support/refusal.js';
import { cursors, type CursorPart, type CursorScope } from './page-cursor.js';

const SCOPE: CursorScope = {
  storeId: '01987654-3210-7abc-8def-0123456789ab',
  route: 'sessions',
  userId: 'ada',
  filters: { type: 'fact', minConfidence: 0.5 },
  head: 7,
};
const PARTS: CursorPart[] = ['integer', 'text'];
const REFUSED = {
  status: 400,
  code: 'request.invalid',
  errors: [{ path: 'cursor', message: 'must be the nextCursor of the previous page, with the same filters' }],
};

const good = cursors(SCOPE).encode([1_740_988_800_000, 's1']);
const refusal = (cursor: string, change: Partial<CursorScope> = {}, parts = PARTS) =>
  refusalOf(() => cursors({ ...SCOPE, ...change }).decode(cursor, parts));

const bare = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it('decodes to the sort key that was encoded', () => {
    const sortKeys = fc.tuple(fc.maxSafeInteger(), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(sortKeys, (sortKey) => {
        const { encode, decode } = cursors(SCOPE);
        expect(decode(encode(sortKey), PARTS)).toEqual(sortKey);
      }),
    );
  });

  it('needs no escaping in a URL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cursors(SCOPE).encode([text])).toMatch(/^[\w-]*$/);
      }),
    );
  });

  it('stays valid when the filters come in another order or with another limit', () => {
    const filters = { limit: 7, minConfidence: 0.5, type: 'fact', cursor: good, from: undefined };
    expect(cursors({ ...SCOPE, filters }).decode(good, PARTS)).toEqual([1_740_988_800_000, 's1']);
  });

  it.each<[string, Partial<CursorScope>]>([
    ['store', { storeId: '01987654-3210-7abc-8def-0123456789ac' }],
    ['list', { route: 'memories' }],
    ['user', { userId: 'bob' }],
    ['filter', { filters: { type: 'pattern', minConfidence: 0.5 } }],
    ['number of filters', { filters: { type: 'fact' } }],
  ])('is refused for another %s', (_, change) => {
    expect(refusal(good, change)).toMatchObject(REFUSED);
  });

  it('is refused for every change of one of its characters', () => {
    for (let at = 0; at < good.length; at++) {
      const changed = good.slice(0, at) + (good[at] === 'A' ? 'B' : 'A') + good.slice(at + 1);
      expect(refusal(changed)).toMatchObject(REFUSED);
    }
  });

  it.each([
    ['is empty', ''],
    ['is not base64', '%%%'],
    ['is spelled in another way', `${good}!`],
    ['is cut off', good.slice(0, -2)],
    ['has no checksum', bare([1, 'a'])],
    ['contains no list', bare({ 0: 1, 1: 'a' })],
    ['contains null', bare(null)],
  ])('is refused when it %s', (_, cursor) => {
    expect(refusal(cursor)).toMatchObject(REFUSED);
  });

  it.each<[string, (string | number)[]]>([
    ['too few parts', [1]],
    ['too many parts', [1, 'a', 2]],
    ['its parts in another order', ['a', 1]],
    ['a number that is not whole', [1.5, 'a']],
    ['a number beyond all integers', [1e300, 'a']],
    ['a text that is not Unicode', [1, '\ud800']],
  ])('is refused with %s, even with the right checksum', (_, sortKey) => {
    expect(refusal(cursors(SCOPE).encode(sortKey))).toMatchObject(REFUSED);
  });
});
