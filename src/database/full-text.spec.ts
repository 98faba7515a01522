import * as fc from 'fast-check';
import { isChanged, terms, words } from './full-text.js';
import { stem } from './stems.js';

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

  it.each(['', '   ', '…?!', '\n\t', '\u200b\ufe0f'])('returns none for %j', (text) => {
    expect(words(text)).toEqual([]);
  });

  it.each([
    ['Café CAFÉ cafe\u0301', ['cafe', 'cafe', 'cafe']],
    ['Ångström naïve', ['angstrom', 'naive']],
    ['İstanbul', ['istanbul']],
    ['ﬁne ２０２６', ['fine', '2026']],
    ['Привет МИР', ['привет', 'мир']],
    ['학교에 가다', ['학교', '교에', '가다']],
    ['हिन्दी', ['हिन्दी']],
  ])('strips accents and normalizes %j to %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it.each([
    ['Łukasz, Søren und Đà Nẵng', ['lukasz', 'soren', 'und', 'da', 'nang']],
    ['Hauptstraße HAUPTSTRASSE', ['hauptstrasse', 'hauptstrasse']],
    ['Ægir æ œuvre þ ŧ ħ', ['aegir', 'ae', 'oeuvre', 'th', 't', 'h']],
    ['ΔΡΟΜΟΣ δρόμος δρομοσ', ['δρομοσ', 'δρομοσ', 'δρομοσ']],
    ['Ёлка ёлка елка', ['елка', 'елка', 'елка']],
    ['ılık ILIK İstanbul', ['ilik', 'ilik', 'istanbul']],
  ])('folds the letters of %j to %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it.each([
    ['شَـــاب شاب', ['شاب', 'شاب']],
    ['أحمد آسفي إلى ٱلله', ['احمد', 'اسفي', 'الي', 'الله']],
    ['قَهْوَةً قهوه', ['قهوه', 'قهوه']],
    ['کتاب كتاب ی ي', ['كتاب', 'كتاب', 'ي', 'ي']],
    ['שָׁלוֹם שלום', ['שלום', 'שלום']],
    ['٣٤ ۳۴ ३४', ['34', '34', '34']],
  ])('leaves out points and folds the letter forms and digits of %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it.each([
    ['हिन्दी', 'हनद'],
    ['কি', 'ক'],
    ['ปี', 'ป'],
    ['が', 'か'],
  ])('tells %j from %j: the mark is part of the word', (text, other) => {
    expect(words(text)).not.toEqual(words(other));
  });

  it.each([
    ['Ge\u00adsamt\u00adkon\u00adzept', ['gesamtkonzept']],
    ['pass\u200bphrase Dr\u2060Ziegler \u200eAnna \ufeffBob', ['passphrase', 'drziegler', 'anna', 'bob']],
    ['می\u200cخوانم', ['ميخوانم']],
    ['O\u2019Brien O\u02bcBrien', ['o', 'brien', 'o', 'brien']],
  ])('leaves out the invisible characters of %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it('pairs neighbours of Han, kana and Hangul, and keeps one that stands alone', () => {
    expect(words('我喜欢喝茶, 茶')).toEqual(['我喜', '喜欢', '欢喝', '喝茶', '茶']);
    expect(words('ﾈｺ ネコ ねこ')).toEqual(['ねこ', 'ねこ', 'ねこ']);
    expect(words('Notion에 일기를')).toEqual(['notion', '에', '일기', '기를']);
    expect(words('𠮷野家')).toEqual(['𠮷野', '野家']);
  });

  it('segments Thai, Lao, Khmer and Burmese by their dictionaries', () => {
    expect(words('ฉันชอบดื่มน้ำกาแฟ')).toEqual(['ฉัน', 'ชอบ', 'ดื่ม', 'น้ำ', 'กาแฟ']);
    expect(words('ຂ້ອຍມັກກາເຟ').length).toBeGreaterThan(1);
    expect(words('ខ្ញុំចូលចិត្តកាហ្វេ')).toContain('កាហ្វេ');
    expect(words('ကျွန်တော်ကော်ဖီကြိုက်တယ်')).toContain('ကော်ဖီ');
  });

  it('segments a text of several scripts', () => {
    expect(words('Teaお茶กาแฟ tea')).toEqual(['tea', 'お茶', 'กาแฟ', 'tea']);
  });

  it('takes every emoji for a word, in any skin tone and style', () => {
    expect(words('🎉🎉 Rex 🐶 👍🏽 ❤️ ❤ 🇩🇪🇫🇷 👩‍👧')).toEqual([
      '🎉',
      '🎉',
      'rex',
      '🐶',
      '👍',
      '❤',
      '❤',
      '🇩🇪',
      '🇫🇷',
      '👩',
      '👧',
    ]);
  });

  it('returns every word, and of a long one the first 64 code points', () => {
    expect(words('word '.repeat(20_000))).toHaveLength(20_000);
    expect(words(`${'a'.repeat(100)} b`)).toEqual(['a'.repeat(64), 'b']);
    expect(words('𐐨'.repeat(100))).toEqual(['𐐨'.repeat(64)]);
    expect(words(`a${'𐐨'.repeat(100)}`)).toEqual([`a${'𐐨'.repeat(63)}`]);
  });

  it('never returns half a letter, a separator or nothing, whatever the text', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 80 }), (text, times) => {
        for (const word of [...words(text), ...words(text.repeat(times)), ...terms(text)]) {
          expect(word.isWellFormed()).toBe(true);
          expect(word).toMatch(/^[^\s'"\\]+$/u);
        }
      }),
    );
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
    expect(terms('The boats were sailing.')).toEqual(
      words('The boats were sailing.').map((word) => stem(word)),
    );
  });

  it('leaves words of other languages unchanged, except for the Arabic article', () => {
    expect(terms('привет')).toEqual(['привет']);
    expect(terms('القطة والقطة قطة للقطة')).toEqual(['قطه', 'قطه', 'قطه', 'قطه']);
  });

  it('are also every single character of Han, kana and Hangul', () => {
    expect(terms('寿司')).toEqual(['寿司', '寿', '司']);
    expect(terms('司')).toEqual(['司']);
  });
});

describe('the entry of a row in the index', () => {
  const declared = { id: 'id', columns: ['content'], language: 'language' } as const;
  const row = { id: 1, content: 'The sea.', language: 'de' };

  it.each<[string, object | undefined, object | undefined, boolean]>([
    ['of a new row', undefined, row, true],
    ['of a removed row', row, undefined, true],
    ['of a row that came and went in one batch', undefined, undefined, false],
    ['of a row with the same text', row, { ...row, importance: 1 }, false],
    ['of a row with another text', row, { ...row, content: 'The harbour.' }, true],
    ['of a row with other stems', row, { ...row, language: null }, true],
    ['of a row with the same stems', row, { ...row, language: 'de-AT' }, false],
    ['of a row with another id', row, { ...row, id: 3 }, true],
  ])('%s changes or not', (_, before, after, changes) => {
    expect(isChanged(declared, before, after)).toBe(changes);
  });
});
