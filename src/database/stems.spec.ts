import { words } from './full-text.js';
import { stem, STEMMED_LANGUAGES, stemIn, stemmedLanguage, type StemmedLanguage } from './stems.js';

/** Forms of one word each, by language. */
const FORMS: Record<StemmedLanguage, string[]> = {
  bg: ['котка котки котката', 'красив красива красивия'],
  da: ['kat katte katten', 'hund hunde hundene'],
  de: ['Katze Katzen', 'Haus Häuser', 'Geschenk Geschenke', 'Prüfung Prüfungen'],
  el: ['γάτα γάτες γάτας', 'σκύλος σκύλοι'],
  es: ['hermana hermanas hermano', 'canción canciones cancion', 'trabaja trabajar trabajaba'],
  fi: ['talo talossa talot', 'kissa kissat kissan'],
  fr: ['chat chats', 'mangé manger', 'habite habiter habitait'],
  hu: ['kutya kutyák'],
  it: ['gatto gatti gatta', 'lavora lavorare lavoro'],
  nl: ['kat katten', 'vriend vrienden'],
  no: ['katt katter katten', 'jente jenter'],
  pt: ['gato gatos gata', 'trabalha trabalhar'],
  ro: ['pisică pisici pisica', 'câine câini'],
  ru: ['кошка кошку кошки', 'красивый красивая красивые', 'мой моя моей', 'чай чая'],
  sv: ['katt katter katten', 'hund hundar hundarna', 'arbetar arbetade'],
  tr: ['kedi kediler kedim', 'ev evim evler evde'],
  uk: ['кішка кішку кішки', 'сестра сестри'],
};
const stemsOf = (forms: string, language?: StemmedLanguage) => [
  ...new Set(words(forms).map((word) => stem(word, language))),
];

describe('the stems of a language', () => {
  it('are tested for every language', () => {
    expect(Object.keys(FORMS).toSorted()).toEqual(STEMMED_LANGUAGES);
  });

  it.each(Object.entries(FORMS) as [StemmedLanguage, string[]][])(
    '%s are one for the forms of a word',
    (language, all) => {
      for (const forms of all) {
        const found = stemsOf(forms, language);
        expect([forms, ...found]).toEqual([forms, expect.stringMatching(`^${language}_[^_]+$`)]);
        expect(stemsOf(forms)).not.toEqual(found);
      }
    },
  );

  it('are not those of English, of names in other letters, or of numbers', () => {
    expect(stem('cats')).toBe('cat');
    expect(stem('katzen')).toBe('katzen');
    expect(stem('2024', 'de')).toBe('2024');
    expect(stem('東京', 'de')).toBe('東京');
    expect(stem('кошку', 'de')).toBe('кошку');
    expect(stem('moscow', 'ru')).toBe(stem('moscow'));
  });

  it('say which language they are of', () => {
    expect(stemIn(stem('katzen', 'de'))).toEqual({ stem: 'katz', language: 'de' });
    expect(stemIn(stem('cats'))).toEqual({ stem: 'cat', language: 'en' });
    expect(stemIn(stem('2024'))).toEqual({ stem: '2024', language: null });
  });
});

describe('the language of a tag', () => {
  it.each([
    ['de', 'de'],
    ['pt-BR', 'pt'],
    ['nb', 'no'],
    ['nn-NO', 'no'],
    ['en', undefined],
    ['ja', undefined],
    ['constructor', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%j has the stems of %j', (tag, language) => {
    expect(stemmedLanguage(tag)).toBe(language);
  });
});
