import * as fc from 'fast-check';
import { refusalOf } from '../../test/support/refusal.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';

const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it('decodes to the sort key that was encoded', () => {
    const sortKeys = fc.tuple(fc.integer(), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(sortKeys, (sortKey) => {
        expect(decodeCursor(encodeCursor(sortKey), ['number', 'string'])).toEqual(sortKey);
      }),
    );
  });

  it('needs no escaping in a URL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(encodeCursor([text])).toMatch(/^[\w-]*$/);
      }),
    );
  });

  it.each([
    ['is empty', ''],
    ['is not base64', '%%%'],
    ['contains no JSON', Buffer.from('[1,').toString('base64url')],
    ['contains no list', cursorOf({ 0: 1, 1: 'a' })],
    ['contains null', cursorOf(null)],
    ['has too few parts', cursorOf([1])],
    ['has too many parts', cursorOf([1, 'a', 2])],
    ['has its parts in another order, like the cursor of another list', cursorOf(['a', 1])],
    ['has a part that is null', cursorOf([null, 'a'])],
    ['has a part that is a list', cursorOf([1, ['a']])],
  ])('is refused when it %s', (_, cursor) => {
    expect(refusalOf(() => decodeCursor(cursor, ['number', 'string']))).toMatchObject({
      status: 400,
      code: 'request.invalid',
      errors: [{ path: 'cursor', message: 'must be the nextCursor of the previous page' }],
    });
  });
});
