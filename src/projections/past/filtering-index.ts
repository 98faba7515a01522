import type { MemoryIndex } from '../reads/memory-lookups.js';

/**
 * Turns an index that filters its rows later into one that filters while it looks up, and then returns at most
 * `limit` memories, the newest: what PostgreSQL's does.
 */
export function filteringIndex(index: MemoryIndex): MemoryIndex {
  return {
    ...index,
    lookUp(lookup) {
      const { occurrences } = index.lookUp(lookup);
      const found = [...new Set(occurrences.flatMap(([, positions]) => positions))];
      const passing = index
        .scored(lookup.userId, found, lookup)
        .toSorted((a, b) => a.formedPosition - b.formedPosition);
      const scored = passing.slice(-lookup.limit);
      const kept = new Set(scored.map(({ formedPosition }) => formedPosition));
      return {
        occurrences: occurrences.map(([term, positions]) => [term, positions.filter((at) => kept.has(at))]),
        scored,
        all: scored.length === passing.length,
      };
    },
    // All that a lookup found was compared with it.
    scored: () => [],
    occurrences: (userId, term, formedPositions) => {
      const asked = new Set(formedPositions);
      return index.occurrences(userId, term, formedPositions).filter((at) => asked.has(at));
    },
  };
}
