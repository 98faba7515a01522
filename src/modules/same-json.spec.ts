import { sameJson } from './same-json.js';

describe('two values', () => {
  it.each([
    [0, -0],
    [{ a: 0 }, { a: -0 }],
    [{ a: [1, { b: -0, c: 2 }] }, { a: [1, { c: 2, b: 0 }] }],
    [null, null],
    ['text', 'text'],
  ])('are the same JSON: %j and %j', (one, other) => {
    expect(sameJson(one, other)).toBe(true);
  });

  it.each([
    [0, '0'],
    [null, undefined],
    [null, 'null'],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { a: 1, b: null }],
    [{ a: undefined, b: 1 }, { a: 1 }],
    ['ä', 'a\u0308'],
  ])('are different JSON: %j and %j', (one, other) => {
    expect(sameJson(one, other)).toBe(false);
  });
});
