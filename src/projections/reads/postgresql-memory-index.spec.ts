import { folded } from '../../../test/support/folded.js';
import { formed } from '../../../test/support/happened.js';
import { memoryIndexOf } from '../../../test/support/memory-index-in-memory.js';
import { USER } from '../../../test/support/recorder.js';
import { memoryIndex } from '../memory-index.projection.js';
import { searchMemories } from './memory-search.js';
import { searchLoaded, type SearchSource } from './postgresql-memory-index.js';

/** The answer of a search whose reads come later, that of a search in memory, and the number of lookups. */
async function searched(contents: readonly string[], q: string, turnMs?: number) {
  const happened = contents.map((content, i) => formed({ memoryId: `m${i}`, content, confidence: 0.9 }));
  const index = memoryIndexOf(folded(memoryIndex, happened), { filters: true });
  let lookUps = 0;
  const source: SearchSource = {
    index: {
      frequencies: async (userId, terms) => [...index.frequencies(userId, terms)],
      lookUp: async (lookup) => {
        lookUps++;
        return index.lookUp(lookup);
      },
      occurrences: async (userId, term, positions) => [...index.occurrences(userId, term, positions)],
    },
    summary: async (userId) => index.summary(userId),
    memories: async (userId, positions) => [...index.memories(userId, positions)],
  };
  const question = { userId: USER, q, minConfidence: 0.3, limit: 5 };
  return {
    answer: await searchLoaded(source, question, turnMs),
    right: searchMemories(index, question),
    lookUps,
  };
}

const times = (count: number, text: string) => Array.from({ length: count }, () => text);

describe('a search whose reads come later', () => {
  it('answers as one whose reads come at once', async () => {
    const contents = [...times(20, 'rain'), ...times(250, 'tea rain'), ...times(30, 'tea'), 'rain marlin'];
    const { answer, right } = await searched(contents, 'tea rain marlin');
    expect(answer).toEqual(right);
    expect(answer.hits).toHaveLength(5);
  });

  it('looks up few of the common words of a long message when these cannot change the answer', async () => {
    const story = Array.from({ length: 30 }, (_, i) => `story${i}`).join(' ');
    const { answer, right, lookUps } = await searched(times(501, story), story);
    expect(answer).toEqual(right);
    expect(lookUps).toBeLessThanOrEqual(8);
  });

  it('lets the thread do other work between its steps', async () => {
    let turns = 0;
    let immediate = setImmediate(function count() {
      turns++;
      immediate = setImmediate(count);
    });
    try {
      const { answer, right } = await searched(times(5, 'tea'), 'tea', 0);
      expect(answer).toEqual(right);
    } finally {
      clearImmediate(immediate);
    }
    // One after the lookup, and one for each memory that is read.
    expect(turns).toBeGreaterThanOrEqual(6);
  });
});
