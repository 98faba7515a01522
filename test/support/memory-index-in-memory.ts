import { indexedTerms, userPrefix, type TermRows } from '../../src/database/full-text.js';
import {
  memoriesTable,
  memorySummariesTable,
  type MemoryRow,
  type MemorySummaryRow,
} from '../../src/projections/memory-index.projection.js';
import { asks, SLOTS_PER_BLOCK, slotOf } from '../../src/projections/memory-order.js';
import { labelTerms, namesPlace } from '../../src/projections/memory-text.js';
import { arrangeHits } from '../../src/projections/reads/arrange-hits.js';
import { passes, type MemoryIndex, type Words } from '../../src/projections/reads/memory-index.js';
import { countAt, scoreOf, Scoring, termScore } from '../../src/projections/reads/memory-score.js';
import type { MemoryQuestion } from '../../src/projections/reads/memory-search.js';
import { timesNear } from '../../src/projections/reads/question-dates.js';
import { readQuestion } from '../../src/projections/reads/question.js';
import type { MemoryHit } from '../../src/projections/reads/search.js';
import type { MemoryRowStore } from './memory-row-store.js';

/** Search over rows in memory; every lookup scans every memory. */
export function memoryIndexOf(store: MemoryRowStore): MemoryIndex {
  const inSlots = (userId: string, slots: readonly number[]) =>
    memoriesOf(store, userId).filter(({ indexId }) => slots.includes(slotOf(indexId)));
  return {
    lookUp: (userId, { terms, further }, limit) => ({
      summary: store.load(memorySummariesTable, [userId]) as MemorySummaryRow | undefined,
      terms: terms.map((term) => rowsWith(store, userId, term, limit)),
      further: further.map((term) => rowsWith(store, userId, term, limit)),
    }),
    near: (userId, times, limit) =>
      memoriesOf(store, userId)
        .filter(({ occurredAt: at }) => times.some(({ from, to }) => at >= from && at < to))
        .toSorted((a, b) => b.occurredAt - a.occurredAt || b.indexId - a.indexId)
        .slice(0, limit)
        .map(({ indexId: id, occurredAt }) => ({ id, occurredAt })),
    scored: (userId, slots, filter) => inSlots(userId, slots).filter((row) => passes(row, filter)),
    memories: inSlots,
  };
}

function memoriesOf(store: MemoryRowStore, userId: string): MemoryRow[] {
  return store.all(memoriesTable).filter((row) => row.userId === userId);
}

function hasTerm(row: MemoryRow, term: string): boolean {
  return indexedTerms(memoriesTable.fullText!, row).includes(userPrefix(row.userId) + term);
}

function rowsWith(store: MemoryRowStore, userId: string, term: string, limit: number): TermRows {
  const ids = memoriesOf(store, userId)
    .filter((row) => hasTerm(row, term))
    .map(({ indexId }) => indexId)
    .toSorted((a, b) => a - b);
  return { ids: ids.slice(-limit), count: ids.length };
}

/**
 * Searches without any index: scores each memory that passes the filter and has a word of the question, or follows
 * a question that has one.
 */
export function searchEveryMemory(store: MemoryRowStore, question: MemoryQuestion): MemoryHit[] {
  const { limit } = question;
  const hits = scoredMemories(store, question);
  for (let wanted = limit + 10; ; wanted *= 2) {
    const { distinct, duplicates } = arrangeHits(hits.slice(0, wanted));
    if (distinct.length >= limit || wanted >= hits.length)
      return [...distinct, ...duplicates].slice(0, limit);
  }
}

/** Every memory that a search may return, with its score, best first. */
export function scoredMemories(store: MemoryRowStore, question: MemoryQuestion): MemoryHit[] {
  const { userId, q } = question;
  const summary = store.load(memorySummariesTable, [userId]) as MemorySummaryRow | undefined;
  if (!summary) return [];
  const { terms, labels, dates, asksWhere } = readQuestion(q);
  const memories = memoriesOf(store, userId);
  const counts = terms.map((term) => memories.filter((row) => hasTerm(row, term)).length);
  const scoring = new Scoring(summary, timesNear(dates, summary.newestAt));
  const weights = scoring.weights(counts);
  // The order in which a search adds up.
  const order = [...terms.keys()].filter((i) => counts[i]! > 0).toSorted((a, b) => counts[a]! - counts[b]!);
  const named = new Set(memories.flatMap(labelTerms).filter((label) => labels.includes(label)));
  return memories
    .filter((memory) => passes(memory, question))
    .map((memory) => {
      let text = 0;
      const parts: MemoryHit['parts']['terms'] = {};
      for (const i of order) {
        const presence = presenceOf(memories, memory, terms[i]!);
        const score = termScore(weights[i]!, presence);
        if (presence > 0) parts[terms[i]!] = { weight: weights[i]!, presence, score };
        text += score;
      }
      const isSpeaker = named.size === 1 && labelTerms(memory).some((label) => named.has(label));
      const found = {
        text,
        speaker: isSpeaker ? 2 : 1,
        date: scoring.date(memory.occurredAt),
        place: asksWhere && namesPlace(memory) ? 0.1 : 0,
      };
      const read = scoring.parts(memory);
      return { memory, score: scoreOf(found, read), parts: { ...found, ...read, terms: parts } };
    })
    .filter(({ memory }) => isFound(memories, memory, terms))
    .toSorted((a, b) => b.score - a.score || b.memory.indexId - a.memory.indexId);
}

/** Whether it has a term, or follows a memory that asks with one. */
function isFound(memories: readonly MemoryRow[], memory: MemoryRow, terms: readonly string[]): boolean {
  const before = memories.find(({ indexId }) => slotOf(indexId) === slotOf(memory.indexId) - 1);
  const saying = before && asks(before.indexId) ? [memory, before] : [memory];
  return saying.some((each) => terms.some((term) => hasTerm(each, term)));
}

function presenceOf(memories: readonly MemoryRow[], { indexId }: MemoryRow, term: string): number {
  const slot = slotOf(indexId);
  let presence = 0;
  for (const distance of [-2, -1, 0, 1, 2]) {
    const other = memories.find((row) => slotOf(row.indexId) === slot + distance);
    const sameBlock = Math.floor((slot + distance) / SLOTS_PER_BLOCK) === Math.floor(slot / SLOTS_PER_BLOCK);
    if (other && sameBlock && hasTerm(other, term)) presence += countAt(distance, asks(other.indexId));
  }
  return presence;
}

/** What an index finds for some terms: for each the number of memories, and which. */
export type TermCounts = readonly TermRows[];

/** A lookup without bound. */
export const EVERY_MEMORY = 1_000_000;

/** The words of a lookup that are terms. */
export function termsOnly(terms: readonly string[]): Words {
  return { terms, further: [] };
}
