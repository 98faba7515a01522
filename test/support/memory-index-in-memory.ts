import { indexedTerms, userPrefix, type TermRows } from '../../src/database/full-text.js';
import {
  stem,
  STEMMED_LANGUAGES,
  stemIn,
  stemmedLanguage,
  type StemmedLanguage,
} from '../../src/database/stems.js';
import { memoryEmbeddingsTable } from '../../src/projections/memory-embeddings.projection.js';
import { memoriesTable, type MemoryRow } from '../../src/projections/memory-index.projection.js';
import { asks, SLOTS_PER_BLOCK, slotOf } from '../../src/projections/memory/memory-order.js';
import {
  memorySummariesTable,
  type MemorySummaryRow,
} from '../../src/projections/memory/memory-summaries.js';
import { labelTerms, namesPlace } from '../../src/projections/memory/memory-text.js';
import { arrangeHits } from '../../src/projections/reads/search/arrange-hits.js';
import { passes, type MemoryIndex, type Words } from '../../src/projections/reads/search/memory-index.js';
import { countAt, scoreOf, Scoring, termScore } from '../../src/projections/reads/search/memory-score.js';
import type { MemoryQuestion } from '../../src/projections/reads/search/memory-search.js';
import { timesNear } from '../../src/projections/reads/search/question-dates.js';
import { readQuestion } from '../../src/projections/reads/search/question.js';
import type { MemoryHit } from '../../src/projections/reads/search/search.js';
import { isStopword } from '../../src/projections/reads/search/stopwords.js';
import { vectorOf } from '../../src/validation/vector-text.js';
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
    contained: (userId, terms) =>
      new Set(terms.filter((term) => memoriesOf(store, userId).some((row) => hasTerm(row, term)))),
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
 * Searches without any index: scores each memory that passes the filter and has a word of the question, or
 * follows a question that has one.
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
  const { spelled, labels, dates, asksWhere } = readQuestion(q);
  const memories = memoriesOf(store, userId);
  const words = wordsFor(
    spelled.map(({ word }) => word),
    memories,
  );
  const counts = words.map((terms) => memories.filter((row) => hasAny(row, terms)).length);
  const scoring = new Scoring(summary, timesNear(dates, summary.newestAt));
  const weights = scoring.weights(counts);
  // The order in which a search adds up.
  const order = [...words.keys()].filter((i) => counts[i]! > 0).toSorted((a, b) => counts[a]! - counts[b]!);
  const meanings = meaningsOf(store, question);
  const named = new Set(memories.flatMap(labelTerms).filter((label) => labels.includes(label)));
  return memories
    .filter((memory) => passes(memory, question))
    .map((memory) => {
      let text = 0;
      const parts: MemoryHit['parts']['terms'] = {};
      for (const i of order) {
        const presence = presenceOf(memories, memory, words[i]!);
        const score = termScore(weights[i]!, presence);
        if (presence > 0)
          addPart(parts, mostPresent(memories, memory, words[i]!), { weight: weights[i]!, presence, score });
        text += score;
      }
      const isSpeaker = named.size === 1 && labelTerms(memory).some((label) => named.has(label));
      const found = {
        text,
        speaker: isSpeaker ? 2 : 1,
        date: scoring.date(memory.occurredAt),
        place: asksWhere && namesPlace(memory) ? 0.1 : 0,
        ...meanings.get(memory.memoryId),
      };
      const read = scoring.parts(memory);
      return { memory, score: scoreOf(found, read), parts: { ...found, ...read, terms: parts } };
    })
    .filter(({ memory }) => meanings.has(memory.memoryId) || isFound(memories, memory, words.flat()))
    .toSorted((a, b) => b.score - a.score || b.memory.indexId - a.memory.indexId);
}

/**
 * The stems of each word, in each language of the memories; a word that is the same in all of them counts
 * once.
 */
function wordsFor(words: readonly string[], memories: readonly MemoryRow[]): string[][] {
  const ofMemories = new Set(memories.map(({ language }) => stemmedLanguage(language)));
  const languages = STEMMED_LANGUAGES.filter((each) => ofMemories.has(each));
  const telling = words.map((word) =>
    stemsOf(
      word,
      languages.filter((each) => !isStopword(word, each)),
    ),
  );
  const isIn = (term: string) => memories.some((row) => hasTerm(row, term));
  const isEmpty = telling.every((terms) => terms.length === 1) && !telling.flat().some(isIn);
  const all = words.map((word, i) => {
    const terms = (isEmpty ? stemsOf(word, languages) : telling[i]!).filter(isIn);
    const isStop = languages.some((each) => isStopword(word, each));
    return terms.length > 0 || !isStop ? terms : undefined;
  });
  const told = all.filter((terms) => terms !== undefined);
  return told.filter(
    (terms, i) => terms.length === 0 || told.findIndex((other) => String(other) === String(terms)) === i,
  );
}

/** English first, which is the stem of all that is in no other language. */
function stemsOf(word: string, languages: readonly StemmedLanguage[]): string[] {
  return [...new Set([stem(word), ...languages.map((each) => stem(word, each))])];
}

function addPart(
  parts: MemoryHit['parts']['terms'],
  term: string,
  { weight, presence, score }: { weight: number; presence: number; score: number },
): void {
  const { stem: name, language } = stemIn(term);
  const before = parts[name] ?? { weight: 0, presence: 0, score: 0 };
  parts[name] = {
    weight: before.weight + weight,
    presence: Math.max(before.presence, presence),
    score: before.score + score,
    language,
  };
}

/** What the nearness in meaning adds to memories, as its formula says. */
function meaningsOf(
  store: MemoryRowStore,
  { userId, embedding: asked }: MemoryQuestion,
): Map<string, { meaning: number }> {
  if (!asked) return new Map();
  const question = vectorOf(asked.vector);
  const cosines = store
    .all(memoryEmbeddingsTable)
    .filter((row) => row.userId === userId && row.model === asked.model)
    .filter((row) => row.dimensions === question.length)
    .toSorted((a, b) => (a.memoryId < b.memoryId ? -1 : 1))
    .map(({ memoryId, vector }) => ({ memoryId, cosine: cosine(question, vectorOf(vector)) }));
  const mean = cosines.reduce((sum, each) => sum + each.cosine, 0) / (cosines.length + 10);
  return new Map(
    cosines
      .filter(({ cosine: own }) => own > mean)
      .map(({ memoryId, cosine: own }) => [
        memoryId,
        { meaning: asked.weight * ((own - mean) / (1 - mean)) },
      ]),
  );
}

function cosine(a: Float32Array, b: Float32Array): number {
  return product(a, b) / (Math.sqrt(product(a, a)) * Math.sqrt(product(b, b)));
}

function product(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, each, i) => sum + each * (b[i] as number), 0);
}

/** Whether it has a term, or follows a memory that asks with one. */
function isFound(memories: readonly MemoryRow[], memory: MemoryRow, terms: readonly string[]): boolean {
  const before = memories.find(({ indexId }) => slotOf(indexId) === slotOf(memory.indexId) - 1);
  const saying = before && asks(before.indexId) ? [memory, before] : [memory];
  return saying.some((each) => hasAny(each, terms));
}

function hasAny(row: MemoryRow, terms: readonly string[]): boolean {
  return terms.some((term) => hasTerm(row, term));
}

/** The first of the terms of which there is most in and around a memory. */
function mostPresent(memories: readonly MemoryRow[], memory: MemoryRow, terms: readonly string[]): string {
  const presences = terms.map((term) => presenceOf(memories, memory, [term]));
  return terms[presences.indexOf(Math.max(...presences))]!;
}

function presenceOf(
  memories: readonly MemoryRow[],
  { indexId }: MemoryRow,
  terms: readonly string[],
): number {
  const slot = slotOf(indexId);
  let presence = 0;
  for (const distance of [-2, -1, 0, 1, 2]) {
    const other = memories.find((row) => slotOf(row.indexId) === slot + distance);
    const sameBlock = Math.floor((slot + distance) / SLOTS_PER_BLOCK) === Math.floor(slot / SLOTS_PER_BLOCK);
    if (other && sameBlock && hasAny(other, terms)) presence += countAt(distance, asks(other.indexId));
  }
  return presence;
}

/** A lookup without bound. */
export const EVERY_MEMORY = 1_000_000;

/** The words of a lookup that are terms. */
export function termsOnly(terms: readonly string[]): Words {
  return { terms, further: [] };
}
