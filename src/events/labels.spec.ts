import { label, labels, spellings } from './labels.js';

/** Every character that a normal form or a change of case alters, or that combines with another. */
const CHANGING = Array.from({ length: 0x11_0000 }, (_, code) => String.fromCodePoint(code)).filter(
  (character) =>
    /[\p{Changes_When_NFKC_Casefolded}\p{Changes_When_Casemapped}\p{M}\p{White_Space}]/u.test(character),
);

describe('a label', () => {
  it.each([
    ['Joy', 'joy'],
    ['joy', 'joy'],
    [' joy\t', 'joy'],
    ['ÉMUE', 'émue'],
    ['嬉しい', '嬉しい'],
    ['deep   calm', 'deep calm'],
    ['deep\u00a0\n calm', 'deep calm'],
    ['Fro\u0308hlich', 'fröhlich'],
    ['İYİ', 'iyi'],
    ['I\u0307yi', 'iyi'],
    ['ΟΔΟΣ', 'οδος'],
    ['Ｈａｐｐｙ', 'happy'],
    ['ﾊｯﾋﾟｰ', 'ハッピー'],
    ['ﬁne', 'fine'],
    ['❤️', '❤'],
    ['❤︎', '❤'],
    ['wo\u00adrk\u200b', 'work'],
    ['\ufeffcalm\u200d', 'calm'],
    ['👩\u200d🚀', '👩\u200d🚀'],
    ['مى\u200cخواهم', 'مى\u200cخواهم'],
    ['__proto__', '__proto__'],
    ['\u200b \u2060', ''],
  ])('is stored in its normal form: %j becomes %j', (text, stored) => {
    expect(label(text)).toBe(stored);
  });

  it('has one normal form whatever the case, the normalization and the surroundings of any character', () => {
    expect(CHANGING.length).toBeGreaterThan(10_000);
    const differing = CHANGING.filter((character) => {
      const text = `I${character}\u0301b`;
      const normal = label(text);
      const same = [normal, text.normalize('NFD'), text.normalize('NFKC'), ` ${text}\u200b `];
      return same.some((other) => label(other) !== normal) || label(label(character)) !== label(character);
    });
    expect(differing).toEqual([]);
  });
});

describe('labels', () => {
  it('are stored once each, in the order of their first mention', () => {
    expect(labels(['B', 'a', 'b ', 'A'])).toEqual(['b', 'a']);
  });

  it('are left out when they are blank', () => {
    expect(labels(['  ', '\u200b', 'calm'])).toEqual(['calm']);
  });

  it('are an empty list when none are given', () => {
    expect(labels(undefined)).toEqual([]);
  });
});

describe('spellings', () => {
  it('are kept as they are given first, and count as one when their labels are equal', () => {
    expect(spellings([' Deep  Work', 'deep work', 'TEA', 'Cafe\u0301', 'café', 'tea\u200b'])).toEqual([
      'Deep Work',
      'TEA',
      'Café',
    ]);
  });

  it('keep their presentation, but are left out when they show nothing', () => {
    expect(spellings(['❤️', '❤', ' ', '\u200b'])).toEqual(['❤️']);
    expect(spellings(undefined)).toEqual([]);
  });
});
