import { sharedWordVectors, smallWordVectors } from '../../../../test/support/small-word-vectors.js';
import { decodeWordVectors } from './word-vector-file.js';
import { WordVectors } from './word-vectors.js';

const memoryOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const whyRefused = (bytes: Uint8Array): string => {
  try {
    decodeWordVectors(memoryOf(bytes));
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
};

describe('a file of word vectors', () => {
  it('has what was written', () => {
    const { source, words, dimensions, scales, values } = decodeWordVectors(memoryOf(smallWordVectors()));
    expect({ source, dimensions, first: words[0], last: words.at(-1) }).toEqual({
      source: 'small',
      dimensions: 3,
      first: 'the',
      last: 'theme',
    });
    expect(Array.from(scales.slice(0, 2))).toEqual([Math.fround(0.01), Math.fround(0.01)]);
    expect(Array.from(values.slice(-3))).toEqual([10, 0, 110]);
  });

  it('is refused when it is cut, whatever its length', () => {
    const whole = smallWordVectors();
    for (let length = 0; length < whole.length; length++)
      expect(whyRefused(whole.subarray(0, length))).toMatch(/no file of word vectors|not whole/);
    expect(whyRefused(Buffer.concat([whole, Buffer.from('x')]))).toMatch(/not whole/);
  });

  it('is refused when any byte is another one', () => {
    for (let i = 0; i < smallWordVectors().length; i++) {
      const changed = smallWordVectors();
      changed[i] = (changed[i] as number) ^ 1;
      expect(whyRefused(changed)).not.toBe('taken');
    }
  });

  it('is refused when it is something else', () => {
    expect(whyRefused(Buffer.from('SQLite format 3\0'.repeat(100)))).toBe('it is no file of word vectors');
  });
});

describe('word vectors', () => {
  const vectors = new WordVectors(sharedWordVectors());

  it('are named by their source and their checksum', () => {
    expect(vectors.version).toMatch(/^small@[0-9a-f]{12}$/);
    const others = new WordVectors(memoryOf(smallWordVectors('other')));
    expect(others.version.slice(6)).not.toBe(vectors.version.slice(6));
  });

  it('say which text is near to a question without a shared word', () => {
    const [aws, yacht, dark] = vectors.similarities(['cloud'], [['the', 'aws'], ['yacht'], ['dark']]);
    expect(aws).toBeGreaterThan(0.9);
    expect(yacht).toBe(0);
    expect(dark).toBe(0);
  });

  it('count a rare word more than a frequent one', () => {
    const [own, other] = vectors.similarities(['the', 'theme'], [['dark'], ['boat']]) as [number, number];
    expect(own).toBeGreaterThan(other);
  });

  it('say nothing of unknown words, of no words, of one text, and of texts that are the same', () => {
    expect(vectors.similarities(['unknown'], [['boat'], ['dark']])).toEqual([0, 0]);
    expect(vectors.similarities([], [['boat'], []])).toEqual([0, 0]);
    expect(vectors.similarities(['boat'], [['yacht']])).toEqual([0]);
    expect(vectors.similarities(['boat'], [['yacht'], ['yacht']])).toEqual([0, 0]);
    expect(vectors.similarities(['boat'], [])).toEqual([]);
  });
});
