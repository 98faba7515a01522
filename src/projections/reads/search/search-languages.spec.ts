import { folded } from '../../../../test/support/folded.js';
import { forgotten, formed, revised } from '../../../../test/support/happened.js';
import { memoryIndexOf, searchEveryMemory } from '../../../../test/support/memory-index-in-memory.js';
import { NOW, USER, type Happened } from '../../../../test/support/recorder.js';
import { memoryIndex } from '../../memory-index.projection.js';
import { SEARCH_BOUNDS, searchMemories } from './memory-search.js';

const DAY_MS = 86_400_000;

/** Memories of different days, each with its language. */
const remembered = (...memories: [language: string | undefined, content: string][]): Happened[] =>
  memories.map(([language, content], i) =>
    formed(
      { memoryId: `m${i}`, content, ...(language && { language }) },
      { occurredAt: NOW + 2 * i * DAY_MS },
    ),
  );

function search(happened: Happened[], q: string, bounds = SEARCH_BOUNDS) {
  const index = memoryIndexOf(folded(memoryIndex, happened));
  return searchMemories(index, questionOf(q), bounds).hits;
}

const questionOf = (q: string) => ({ userId: USER, q, minConfidence: 0, limit: 5 });

/** What is found, and by which stems of which languages. */
const found = (happened: Happened[], q: string, bounds = SEARCH_BOUNDS) =>
  search(happened, q, bounds).map(({ memory, parts }) => [
    memory.content,
    Object.entries(parts.terms).map(([stem, { language }]) => `${language} ${stem}`),
  ]);

describe('a search in another language than English', () => {
  it.each([
    ['de', 'Ich habe eine Katze namens Luna', 'Wie heißen meine Katzen?', 'de katz'],
    ['fr', 'Sa sœur habite à Lyon', 'Où habitaient ses sœurs ?', 'fr habit'],
    ['es', 'Mi hermana vive en Lima', '¿tengo hermanas?', 'es herman'],
    ['it', 'Mio fratello ha due gatti', 'Di chi è la gatta?', 'it gatt'],
    ['pt', 'O meu irmão trabalha no hospital', 'Onde gosta de trabalhar?', 'pt trabalh'],
    ['nl', 'Zij heeft twee katten', 'Hoe heet de kat?', 'nl kat'],
    ['sv', 'Vi har två hundar', 'Vad heter hunden?', 'sv hund'],
    ['da', 'De har to katte', 'Hvad hedder katten?', 'da kat'],
    ['no', 'Vi har to katter', 'Hva heter katten?', 'no katt'],
    ['fi', 'Ostimme uuden talon', 'Missä talossa asut?', 'fi talo'],
    ['tr', 'Evim deniz kenarında', 'Evler nerede?', 'tr ev'],
    ['ru', 'У меня есть кошка Мурка', 'расскажи про кошку', 'ru кошк'],
    ['uk', 'Моя сестра живе у Львові', 'Де живуть мої сестри?', 'uk сестр'],
    ['bg', 'Имам котка', 'Какво правят котките?', 'bg котк'],
    ['hu', 'Félek a kutyáktól', 'kutyáktól', 'hu kutyaktol'],
    ['ro', 'Am o pisică', 'Unde sunt pisicile?', 'ro pisic'],
    ['el', 'Έχω μια γάτα', 'Πού είναι οι γάτες;', 'el γατ'],
  ])('finds another form of a word: %s', (language, content, q, stem) => {
    const happened = remembered([language, content], [language, '1, 2, 3']);
    expect(found(happened, q)).toEqual([[content, expect.arrayContaining([stem])]]);
    const everyMemory = searchEveryMemory(folded(memoryIndex, happened), questionOf(q));
    expect(search(happened, q)).toEqual(everyMemory);
    // As it was, and is without a language.
    const before = found(remembered([undefined, content], [undefined, '1, 2, 3']), q).flatMap(
      ([, stems]) => stems,
    );
    expect(before).not.toContain(stem);
  });

  it('finds a memory by the stem of its own language, and only by that', () => {
    const happened = remembered(['de', 'Die Katze schläft'], ['en', 'Katz is her surname'], ['fr', 'Katze']);
    expect(found(happened, 'Katzen')).toEqual([['Die Katze schläft', ['de katz']]]);
    expect(found(happened, 'Katz').map(([content]) => content)).toContain('Katz is her surname');
  });

  it('finds one word in memories of several languages', () => {
    const happened = remembered(
      ['de', 'Luna schläft'],
      ['es', 'Luna duerme'],
      ['en', 'Luna sleeps'],
      ['ja', 'Luna は眠る'],
    );
    expect(found(happened, 'Luna')).toEqual([
      ['Luna は眠る', ['en luna']],
      ['Luna sleeps', ['en luna']],
      ['Luna duerme', ['es lun']],
      ['Luna schläft', ['de luna']],
    ]);
  });

  it('does not count a stopword of one language in memories of that language, but in the others', () => {
    const german = remembered(['de', 'Die Blumen'], ['de', 'Luna']);
    expect(found(german, 'die Luna')).toEqual([['Luna', ['de luna']]]);
    const both = [...german, formed({ memoryId: 'x', content: 'How plants die', language: 'en' })];
    expect(found(both, 'die')).toContainEqual(['How plants die', ['en die']]);
    expect(found(both, 'die').map(([content]) => content)).not.toContain('Die Blumen');
    // There is nothing else.
    expect(found(german, 'die')).toEqual([['Die Blumen', ['de die']]]);
  });

  it('counts two forms of a word once', () => {
    const happened = remembered(['de', 'Katze'], ['de', 'Hund']);
    const scores = (q: string) => search(happened, q).map(({ memory, score }) => [memory.content, score]);
    expect(scores('Katze Katzen Hund')).toEqual(scores('Katze Hund'));
  });

  it('adds up two words that are one in some of the languages', () => {
    const happened = remembered(['de', 'Katze'], ['en', 'Katzen']);
    const [best] = search(happened, 'Katze Katzen');
    const { weight, score } = best?.parts.terms['katz'] ?? { weight: 0, score: 0 };
    expect(best?.memory.content).toBe('Katze');
    expect(score).toBeCloseTo(weight / 2);
    expect(best?.parts.text).toBe(score);
  });

  it('finds another spelling in the language of the memory', () => {
    const happened = remembered(['de', 'Herr Schlüter ist mein Nachbar'], ['de', 'Luna']);
    expect(found(happened, 'Schlueters')).toEqual([['Herr Schlüter ist mein Nachbar', ['de schlut']]]);
  });

  it('counts the stems in the texts when not every memory was looked up', () => {
    const happened = remembered(
      ...Array.from({ length: 8 }, (_, i): [string, string] => ['de', `Katze ${i}`]),
    );
    const bounds = { ...SEARCH_BOUNDS, lookedUp: 4 };
    expect(found(happened, 'Katzen', bounds).map(([, stems]) => stems)).toEqual(
      Array.from({ length: 4 }, () => ['de katz']),
    );
  });

  it('follows the language of a memory when it is corrected, and ends with its last memory', () => {
    const happened = remembered(['en', 'Katze'], ['en', 'Luna']);
    const corrected = [...happened, revised('m0', { language: { from: 'en', to: 'de-AT' } })];
    expect(found(happened, 'Katzen')).toEqual([]);
    expect(found(corrected, 'Katzen')).toEqual([['Katze', ['de katz']]]);
    expect(found([...corrected, forgotten('m0')], 'Katzen')).toEqual([]);
  });
});
