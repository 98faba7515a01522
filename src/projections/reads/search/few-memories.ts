import { rowTerms, type TermRows } from '../../../database/full-text.js';
import type { FullText } from '../../../database/table.js';
import { memoriesTable, type MemoryRow } from '../../memory-index.projection.js';
import { slotOf } from '../../memory/memory-order.js';
import type { MemorySummaryRow } from '../../memory/memory-summaries.js';
import { passes, type MemoryIndex } from './memory-index.js';

/**
 * Up to so many memories, with so many terms together, are read at once: with the terms of their texts, that
 * takes less time than to look up the words of a question, each for itself (measured: docs/performance.md).
 */
const FEW = { memories: 32, terms: 2_000 };

/** Whether all of a user's memories are read for a search, rather than looked up. */
export function hasFewMemories(summary: Pick<MemorySummaryRow, 'total' | 'terms'> | undefined): boolean {
  return !summary || (summary.total <= FEW.memories && summary.terms <= FEW.terms);
}

/** The memory index of one user, of all of the memories. Answers as an index in the database does. */
export function fewMemoriesIndex(
  summary: MemorySummaryRow | undefined,
  memories: readonly MemoryRow[],
): MemoryIndex {
  const inOrder = memories.toSorted((a, b) => a.indexId - b.indexId);
  const ids = new Map<string, number[]>();
  for (const memory of inOrder) {
    for (const term of rowTerms(memoriesTable.fullText as FullText, memory)) {
      const others = ids.get(term);
      if (others) others.push(memory.indexId);
      else ids.set(term, [memory.indexId]);
    }
  }
  const rowsWith = (term: string, limit: number): TermRows => {
    const all = ids.get(term) ?? [];
    return { ids: all.slice(-limit), count: all.length };
  };
  const inSlots = (slots: readonly number[]) =>
    inOrder.filter(({ indexId }) => slots.includes(slotOf(indexId)));
  return {
    lookUp: (_userId, { terms, further }, limit) => ({
      summary,
      terms: terms.map((term) => rowsWith(term, limit)),
      further: further.map((term) => rowsWith(term, limit)),
    }),
    contained: (_userId, terms) => new Set(terms.filter((term) => ids.has(term))),
    near: (_userId, times, limit) =>
      inOrder
        .filter(({ occurredAt: at }) => times.some(({ from, to }) => at >= from && at < to))
        .slice(-limit)
        .map(({ indexId: id, occurredAt }) => ({ id, occurredAt })),
    scored: (_userId, slots, filter) => inSlots(slots).filter((memory) => passes(memory, filter)),
    memories: (_userId, slots) => inSlots(slots),
  };
}
