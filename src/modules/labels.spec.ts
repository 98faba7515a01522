import { label, labels } from './labels.js';

describe('a label', () => {
  it.each([
    ['Joy', 'joy'],
    [' joy\t', 'joy'],
    ['ÉMUE', 'émue'],
    ['嬉しい', '嬉しい'],
    ['deep   calm', 'deep   calm'],
  ])('is stored trimmed and in lower case: %j becomes %j', (text, stored) => {
    expect(label(text)).toBe(stored);
  });
});

describe('labels', () => {
  it('are stored once each, in the order of their first mention', () => {
    expect(labels(['B', 'a', 'b ', 'A'])).toEqual(['b', 'a']);
  });

  it('are left out when they are blank', () => {
    expect(labels(['  ', 'calm'])).toEqual(['calm']);
  });

  it('are an empty list when none are given', () => {
    expect(labels(undefined)).toEqual([]);
  });
});
