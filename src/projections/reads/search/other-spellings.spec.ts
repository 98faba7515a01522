import { otherSpellings, type Spelled } from './other-spellings.js';

const alone = (word: string): Spelled => ({ word, next: undefined });
const spellings = (word: string, next?: string) =>
  otherSpellings([{ word, next }], [0]).map(({ words }) => words.join(' '));

describe('other spellings of a word', () => {
  it.each([
    ['one word for two', 'sun', 'flower', 'sunflower'],
    ['two words for one', 'sunflower', undefined, 'sun flower'],
    ['an umlaut', 'mueller', undefined, 'muller'],
    ['two letters the other way round', 'wendesday', undefined, 'wednesday'],
    ['one letter for two', 'dinner', undefined, 'diner'],
    ['two letters for one', 'tomorow', undefined, 'tomorrow'],
    ['another vowel in a long word', 'calender', undefined, 'calendar'],
  ])('include %s', (_what, word, next, expected) => {
    expect(spellings(word, next)).toContain(expected);
  });

  it('do not include another word that is as near', () => {
    expect(spellings('vegan')).not.toContain('vega');
    expect(spellings('chili')).not.toContain('child');
    expect(spellings('baking')).not.toContain('bike');
    expect(spellings('cat')).toEqual([]);
  });

  it('do not split off what is in every text', () => {
    expect(spellings('theboat')).not.toContain('the boat');
  });

  it('are those of the unknown words, the likeliest first', () => {
    const words = [alone('garden'), { word: 'sun', next: 'flower' }, alone('flower')];
    expect(otherSpellings(words, [1])).toEqual([{ of: 1, words: ['sunflower'] }]);
    expect(spellings('sunflower')[0]).toBe('sun flower');
  });

  it('are only of words in plain letters, and of no long question', () => {
    expect(spellings('2024')).toEqual([]);
    expect(spellings('котенок')).toEqual([]);
    const many = Array.from({ length: 17 }, () => alone('wendesday'));
    expect(otherSpellings(many, [0])).toEqual([]);
    expect(otherSpellings(many.slice(1), [0])).not.toEqual([]);
    expect(otherSpellings(many.slice(1), [0, 1, 2, 3])).toEqual([]);
  });
});
