import { isSmallJson } from './fields.js';

describe('a small JSON object', () => {
  it('has at most the given number of UTF-8 bytes', () => {
    expect(isSmallJson({}, 2)).toBe(true);
    expect(isSmallJson({}, 1)).toBe(false);
    expect(isSmallJson({ a: 'é' }, 10)).toBe(true);
    expect(isSmallJson({ a: 'é' }, 9)).toBe(false);
    expect(isSmallJson({ a: '😀' }, 12)).toBe(true);
    expect(isSmallJson({ a: '😀' }, 11)).toBe(false);
  });

  it.each([null, undefined, [], [{}], 'text', 7, true])('is never %j', (value) => {
    expect(isSmallJson(value, 100)).toBe(false);
  });
});
