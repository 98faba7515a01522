import * as fc from 'fast-check';
import { Foremost } from './foremost.js';

describe('the foremost of many items', () => {
  it('are the first ones of all in the order, however the items come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat({ max: 50 }))),
        fc.integer({ min: 1, max: 10 }),
        (pages, limit) => {
          const foremost = new Foremost<number>(limit, (a, b) => b - a);
          for (const page of pages) foremost.add(page);
          const all = pages.flat();
          expect(foremost.items()).toEqual(all.toSorted((a, b) => b - a).slice(0, limit));
          expect(foremost.total).toBe(all.length);
        },
      ),
    );
  });
});
