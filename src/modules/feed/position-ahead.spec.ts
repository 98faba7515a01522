import { refusalOf } from '../../../test/support/refusal.js';
import { END_OF_LOG, startOfFeed } from './position-ahead.js';

const STORE = { storeId: '01987654-3210-7abc-8def-0123456789ab', head: 7 };

describe('the start of a feed', () => {
  it.each([0, 3, 7])('is the position of the client, up to the head: %i', (after) => {
    expect(startOfFeed(after, STORE)).toBe(after);
  });

  it.each([8, 700, END_OF_LOG - 1])(
    'is refused beyond the head, with the head and the store: %i',
    (after) => {
      expect(refusalOf(() => startOfFeed(after, STORE))).toMatchObject({
        status: 409,
        code: 'feed.position-ahead',
        extra: STORE,
      });
    },
  );

  it('is the head for the highest position', () => {
    expect(startOfFeed(END_OF_LOG, STORE)).toBe(7);
  });
});
