import { readQuestion } from './question.js';

const terms = (q: string) => readQuestion(q).terms;

describe('the terms of a question', () => {
  it('are its stems without stopwords, each once', () => {
    expect(terms('What is the name of her Boat, and where are the boats?')).toEqual(['name', 'boat']);
  });

  it('are all of its stems when it contains only stopwords', () => {
    expect(terms('Who are you? Who?')).toEqual(['who', 'ar', 'you']);
  });

  it('are empty when it contains no words', () => {
    expect(terms('')).toEqual([]);
    expect(terms('?! …')).toEqual([]);
  });

  it('are all used, however many there are', () => {
    const q = Array.from({ length: 500 }, (_, i) => `word${i}`);
    expect(terms(q.join(' '))).toEqual(q);
  });

  it('do not contain what is as common as a stopword', () => {
    expect(terms('What does Will do?')).toEqual(['will']);
  });

  it('contain what somebody likes', () => {
    expect(terms('What would Mira like?')).toEqual(['mira', 'like']);
  });
});

describe('a question', () => {
  it.each([
    ['Where does she live?', true],
    ['In which city is the museum?', true],
    ['What country did they visit?', true],
    ['What did she say? I was in the city.', false],
    ['Somewhere nice', false],
  ])('%j asks for a place: %j', (q, expected) => {
    expect(readQuestion(q).asksWhere).toBe(expected);
  });
});
