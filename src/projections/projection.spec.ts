import { lastOf } from './projection.js';

const byAge = (a: { age: number }, b: { age: number }) => a.age - b.age;

describe('lastOf', () => {
  it('returns the last items in the given order', () => {
    const items = [{ age: 3 }, { age: 1 }, { age: 2 }];
    expect(lastOf(items, 2, byAge)).toEqual([{ age: 2 }, { age: 3 }]);
    expect(lastOf(items, 5, byAge)).toEqual([{ age: 1 }, { age: 2 }, { age: 3 }]);
    expect(items).toEqual([{ age: 3 }, { age: 1 }, { age: 2 }]);
  });

  it('keeps the order of equal items', () => {
    const items = ['a', 'b', 'c'].map((name) => ({ name, age: 1 }));
    expect(lastOf(items, 2, byAge).map(({ name }) => name)).toEqual(['b', 'c']);
  });
});
