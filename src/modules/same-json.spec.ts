import { sameJson } from './same-json.js';

describe('two values', () => {
  it.each<[unknown, unknown]>([
    [0, -0],
    [{ a: 0 }, { a: -0 }],
    [
      [-0, { b: [0] }],
      [0, { b: [-0] }],
    ],
    [
      { a: 1, b: { c: 2, d: 3 } },
      { b: { d: 3, c: 2 }, a: 1 },
    ],
    [null, null],
    ['é', 'é'],
  ])('are the same in JSON: %j and %j', (a, b) => {
    expect(sameJson(a, b)).toBe(true);
  });

  it.each<[unknown, unknown]>([
    [0, '0'],
    [null, undefined],
    [null, 'null'],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { a: 1, b: null }],
    [{}, []],
  ])('are not: %j and %j', (a, b) => {
    expect(sameJson(a, b)).toBe(false);
  });
});
