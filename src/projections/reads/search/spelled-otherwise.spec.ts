import { folded } from '../../../../test/support/folded.js';
import { formed } from '../../../../test/support/happened.js';
import { memoryIndexOf } from '../../../../test/support/memory-index-in-memory.js';
import { NOW, USER } from '../../../../test/support/recorder.js';
import { memoryIndex } from '../../memory-index.projection.js';
import { SEARCH_BOUNDS, searchMemories } from './memory-search.js';

const DAY_MS = 86_400_000;

/** What a search for `q` finds among memories of different days; `found` says by which terms. */
function search(contents: string[], q: string, bounds = SEARCH_BOUNDS) {
  const happened = contents.map((content, i) =>
    formed({ memoryId: `m${i}`, content }, { occurredAt: NOW + 2 * i * DAY_MS }),
  );
  const index = memoryIndexOf(folded(memoryIndex, happened));
  return searchMemories(index, { userId: USER, q, minConfidence: 0, limit: 5 }, bounds);
}

function found(contents: string[], q: string) {
  return search(contents, q).hits.map(({ memory, parts }) => [memory.content, Object.keys(parts.terms)]);
}

describe('a word that no memory contains', () => {
  it.each([
    ['Her sun flower grew', 'the sunflower', ['sun flower']],
    ['Her sunflowers grew', 'a sun flower', ['sunflow']],
    ['Dr. Halloran called', 'What did Hallorann say?', ['halloran']],
    ['We met on Wednesday', 'Wendesday', ['wednesdai']],
    ['Frau Müller called', 'Mueller', ['muller']],
  ])('is found as it is written: %j by %j', (content, q, terms) => {
    expect(found([content, 'Tea in the morning', 'Rain all day'], q)).toEqual([[content, terms]]);
  });

  it('is not found in halves that are in different memories', () => {
    expect(found(['The sun was out', 'A flower grew'], 'sunflower')).toEqual([]);
  });

  it('is not corrected when a memory contains it as it is', () => {
    expect(found(['The diner on Main Street', 'A long dinner'], 'dinner')).toEqual([
      ['A long dinner', ['dinner']],
    ]);
  });

  it('does not count twice what the question also says rightly', () => {
    const [hit] = search(['We met on Wednesday', 'Tea'], 'Wednesday, Wendesday').hits;
    expect(hit?.parts.text).toBe(hit?.parts.terms['wednesdai']?.score);
  });

  it('is found by both of its halves when not every memory is looked up', () => {
    const many = Array.from({ length: 8 }, (_, i) => `Her sun flower grew ${i}`);
    const { hits, complete } = search(many, 'sunflower', { ...SEARCH_BOUNDS, lookedUp: 4 });
    expect(complete).toBe(false);
    expect(hits.map(({ parts }) => Object.keys(parts.terms).join())).toEqual(Array(4).fill('sun flower'));
  });
});
