import * as fc from 'fast-check';
import { refusalOf } from '../../test/support/refusal.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';

const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it('names the place it was made of', () => {
    const place = fc.tuple(fc.integer(), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(place, (given) => {
        expect(decodeCursor(encodeCursor(given), ['number', 'string'])).toEqual(given);
      }),
    );
  });

  it('can stand in a URL as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        expect(encodeCursor([given])).toMatch(/^[\w-]*$/);
      }),
    );
  });

  it.each([
    ['is empty', ''],
    ['is not made of base64', '%%%'],
    ['holds no JSON', Buffer.from('[1,').toString('base64url')],
    ['holds no list', cursorOf({ 0: 1, 1: 'a' })],
    ['holds null', cursorOf(null)],
    ['has too few parts', cursorOf([1])],
    ['has too many parts', cursorOf([1, 'a', 2])],
    ['has its parts in another order, as those of other lists do', cursorOf(['a', 1])],
    ['has a part that is null', cursorOf([null, 'a'])],
    ['has a part that is a list', cursorOf([1, ['a']])],
  ])('is refused when it %s', (_, cursor) => {
    expect(refusalOf(() => decodeCursor(cursor, ['number', 'string']))).toMatchObject({
      status: 400,
      code: 'request.invalid',
      errors: [{ path: 'cursor', message: 'must be the nextCursor of the page before' }],
    });
  });
});
