import { furtherTerms, questionShare } from './memory-text.js';

describe('the share of questions in a text', () => {
  it.each([
    ['She sails.', 0],
    ['Does she sail?', 1],
    ['Yes. No?', 0.5],
    ['ok?!', 0],
    ['你好。真的吗？', 4 / 7],
    ['?', 0],
    ['', 0],
  ])('of %j is %d', (text, share) => {
    expect(questionShare(text)).toBeCloseTo(share, 12);
  });
});

describe('the further terms of a memory', () => {
  it.each([
    ['Mira: I sail.', ['_mira']],
    ['Dr. Mira Stone: I sail.', ['_dr', '_mira', '_stone']],
    ['user: hello', ['_user']],
    ['My sisters: Ana and Eva', ['_my', '_sister']],
    ['It was one of those long and tiring days: rain', []],
    ['At 10:30 we sail', []],
    ['https://example.org', []],
    ['She went to Lisbon.', ['__place']],
    ['She visited the Alps', ['__place']],
    ['She is in bed', []],
  ])('of %j are %j', (content, expected) => {
    expect(furtherTerms({ content, context: null })).toEqual(expected);
  });

  it('name a place of the context as well', () => {
    expect(furtherTerms({ content: 'A boat.', context: 'a photo, near Porto' })).toEqual(['__place']);
  });
});
