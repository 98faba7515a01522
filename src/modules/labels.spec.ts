import { label, labels } from './labels.js';

describe('a label', () => {
  it.each([
    ['Joy', 'joy'],
    [' joy\t', 'joy'],
    ['ÉMUE', 'émue'],
    ['嬉しい', '嬉しい'],
    ['deep   calm', 'deep   calm'],
  ])('%j is kept as %j', (given, kept) => {
    expect(label(given)).toBe(kept);
  });
});

describe('labels', () => {
  it('are kept each once, in the order in which they were first given', () => {
    expect(labels(['B', 'a', 'b ', 'A'])).toEqual(['b', 'a']);
  });

  it('of nothing but blanks are left out', () => {
    expect(labels(['  ', 'calm'])).toEqual(['calm']);
  });

  it('that were not given are none', () => {
    expect(labels(undefined)).toEqual([]);
  });
});
