import { keywords } from './keywords.js';

describe('the keywords of a message', () => {
  it.each([
    ['I got a new job at the hospital, and my sister is proud of me!', ['job', 'hospital', 'sister']],
    ['Jazz, jazz, always jazz; and the sea.', ['jazz', 'sea']],
    [
      'rivers, bridges, harbours, islands, trains, cities and gardens',
      ['rivers', 'bridges', 'harbours', 'islands', 'trains'],
    ],
    ['I love sailing, and she loves jazz.', ['sailing', 'jazz']],
    ['I hate that I felt so scared when I told you about the exam today.', ['exam']],
    ["The children's ward is my sister's favourite thing.", ['children', 'ward', 'sister']],
    ['I am so glad that it is so.', []],
    ['', []],
    ['12 345 6', []],
    ['x'.repeat(500), []],
  ])('%s', (message, expected) => {
    expect(keywords(message)).toEqual(expected);
  });
});
