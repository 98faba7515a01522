import { stem, terms, words } from './full-text.js';

describe('words', () => {
  it('returns runs of letters and digits in lower case, in order, with repetitions', () => {
    expect(words("Don't panic: 42 of 42 boats, e-mail_me!")).toEqual([
      'don',
      't',
      'panic',
      '42',
      'of',
      '42',
      'boats',
      'e',
      'mail',
      'me',
    ]);
  });

  it.each(['', '   ', '…?!', '🙂👍', '\n\t'])('returns none for %j', (text) => {
    expect(words(text)).toEqual([]);
  });

  it.each([
    ['Café CAFÉ cafe\u0301', ['cafe', 'cafe', 'cafe']],
    ['Ångström naïve', ['angstrom', 'naive']],
    ['İstanbul', ['istanbul']],
    ['ﬁne ２０２６', ['fine', '2026']],
    ['Привет МИР', ['привет', 'мир']],
    ['학교에 가다', ['학교에', '가다']],
    ['हिन्दी', ['हिन्दी']],
  ])('strips accents and normalizes %j to %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it('segments scripts that put no spaces between words', () => {
    expect(words('私は寿司が好きです')).toEqual(expect.arrayContaining(['私', '寿司', '好き']));
    expect(words('我喜欢喝茶')).toEqual(expect.arrayContaining(['喜欢']));
    expect(words('ฉันชอบแมว').length).toBeGreaterThan(1);
  });

  it('segments a text of several scripts', () => {
    expect(words('Tea お茶 tea')).toEqual(expect.arrayContaining(['tea', 'お茶']));
  });

  it('returns at most 4,000 words of at most 64 characters', () => {
    expect(words('word '.repeat(5_000))).toHaveLength(4_000);
    expect(words(`${'a'.repeat(100)} b`)).toEqual(['a'.repeat(64), 'b']);
  });
});

describe('terms', () => {
  it.each([
    ['sailing sailed sails', ['sail', 'sail', 'sail']],
    ['ponies', ['poni']],
    ['relational', ['relat']],
    ['Her boats', ['her', 'boat']],
    ['', []],
  ])('reduces %j to its Porter stems %j', (text, expected) => {
    expect(terms(text)).toEqual(expected);
  });

  it('returns the same terms from its cache', () => {
    expect(terms('The boats were sailing.')).toEqual(terms('The boats were sailing.'));
    expect(terms('The boats were sailing.')).toEqual(words('The boats were sailing.').map(stem));
  });

  it('leaves words of other languages unchanged', () => {
    expect(terms('привет 寿司')).toEqual(['привет', '寿司']);
  });
});
