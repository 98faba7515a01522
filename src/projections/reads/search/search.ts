import type { TermRows } from '../../../database/full-text.js';
import { stemIn } from '../../../database/stems.js';
import type { MemoryRow } from '../../memory-index.projection.js';
import { asks, SLOTS_PER_BLOCK, slotOf } from '../../memory/memory-order.js';
import { labelTerms, memoryTerms, namesPlace } from '../../memory/memory-text.js';
import { arrangeHits } from './arrange-hits.js';
import { passes, read, type MemoryFilter, type Read } from './memory-index.js';
import {
  countAt,
  mostOf,
  scoreOf,
  termScore,
  WEIGHTS,
  worthOf,
  type ReadParts,
  type ScoreParts,
  type Scoring,
  type TermPart,
} from './memory-score.js';
import { RERANKED, rerankByWords, type WordsAsked } from './rerank-by-words.js';
import type { Said, Variant } from './said-words.js';
import { presenceAt, type Found, type TermScores } from './term-scores.js';

/** Memories whose scores are read at first; every further page is twice as large. */
const FIRST_PAGE = 32;
/** So many memories behind those that are returned are arranged with them. */
const LOOK_AHEAD = 10;
/**
 * Memories that are counted in full if not every memory of a word was looked up; as many as a page at least.
 */
const COUNTED = 64;

/** A memory that matches, with its score. */
export interface MemoryHit {
  memory: MemoryRow;
  score: number;
  parts: ScoreParts;
}

/** The best memories, best first; among equals the newer first, near-duplicates last. */
export interface MemoryMatches {
  hits: MemoryHit[];
  /** False if so many memories contain the words that a better one may be among those not compared. */
  complete: boolean;
}

/** What of a question the user's memories contain. */
export interface Known {
  /** Rarest first. */
  terms: readonly (Said & { weight: number })[];
  /** The label that the question names. */
  label: { term: string; rows: TermRows } | undefined;
  /** The memories that name a place, if the question asks for one. */
  places: TermRows | undefined;
  /** Whether not every memory of each was looked up. */
  isCut: boolean;
}

/** The input of a search, once the words of the question were looked up. */
export interface SearchParts {
  asked: MemoryFilter & { userId: string; limit: number };
  known: Known;
  scoring: Scoring;
  scores: TermScores;
  /** Whether not everything was looked up. */
  isCut: boolean;
  /** Memories that are compared at most. */
  compared: number;
  /** Compares the words of the best memories, if there are word vectors. */
  words: WordsAsked | undefined;
}

/** A memory that passes the filter. */
interface Compared {
  found: Found;
  parts: ReadParts;
  score: number;
}

/**
 * Compares memories. What the words add up to is known of every memory from the index; the rest of a score is
 * read only of those that can be among the best: it has an upper bound.
 */
export class Search {
  private readonly queue: Iterator<Found, void>;
  /** The best of the memories that were not read. */
  private next: Found | undefined;
  /** In the order of their scores. */
  private readonly compared: Compared[] = [];
  private readonly memories = new Map<number, MemoryRow>();

  constructor(private readonly parts: SearchParts) {
    this.queue = parts.scores.bestFirst();
    this.advance();
  }

  *run(): Generator<Read, MemoryMatches> {
    const { limit } = this.parts.asked;
    if (this.parts.isCut) return yield* this.countInFull();
    for (let wanted = this.wanted(limit + LOOK_AHEAD); ; wanted *= 2) {
      yield* this.compare(wanted);
      const best = this.compared.slice(0, wanted);
      yield* this.fetch(best.map(({ found }) => found.slot));
      const { distinct, duplicates } = arrangeHits(this.reranked(best.flatMap((each) => this.hit(each))));
      if (distinct.length < limit && best.length === wanted) continue;
      const isDecided = !this.next || mostOf(worthOf(this.next)) < (best[wanted - 1]?.score ?? 0);
      return { hits: [...distinct, ...duplicates].slice(0, limit), complete: isDecided };
    }
  }

  /** The best by the words that were looked up, but with the score of all of their words. */
  private *countInFull(): Generator<Read, MemoryMatches> {
    const { limit } = this.parts.asked;
    const wanted = Math.max(limit + LOOK_AHEAD, COUNTED);
    yield* this.compare(wanted);
    const best = this.compared.slice(0, wanted);
    yield* this.fetch(best.flatMap(({ found }) => around(found.slot)));
    const hits = best.flatMap((each) => this.hit(each)).toSorted(byScore);
    const { distinct, duplicates } = arrangeHits(this.reranked(hits));
    return { hits: [...distinct, ...duplicates].slice(0, limit), complete: false };
  }

  /** With word vectors, so many are compared by them, however few are returned. */
  private wanted(least: number): number {
    return this.parts.words ? Math.max(least, RERANKED) : least;
  }

  private reranked(hits: MemoryHit[]): MemoryHit[] {
    return this.parts.words ? rerankByWords(this.parts.words, hits) : hits;
  }

  /** Reads scores until no other memory can be among the best so many, or enough were compared. */
  private *compare(wanted: number): Generator<Read, void> {
    const { asked, scoring } = this.parts;
    for (let size = FIRST_PAGE; this.next && this.compared.length < this.parts.compared; size *= 2) {
      const page = this.page(size, this.compared[wanted - 1]?.score ?? 0);
      if (page.size === 0) return;
      const slots = [...page.keys()];
      for (const scored of yield* read((index) => index.scored(asked.userId, slots, asked))) {
        const found = page.get(slotOf(scored.indexId)) as Found;
        const parts = scoring.parts(scored);
        this.compared.push({ found, parts, score: scoreOf(found, parts) });
      }
      this.compared.sort((a, b) => b.score - a.score || b.found.slot - a.found.slot);
    }
  }

  /** Takes the next memories that can score so much, by their slots. */
  private page(size: number, least: number): Map<number, Found> {
    const page = new Map<number, Found>();
    const atMost = Math.min(size, this.parts.compared - this.compared.length);
    for (; this.next && page.size < atMost && mostOf(worthOf(this.next)) >= least; this.advance())
      page.set(this.next.slot, this.next);
    return page;
  }

  /** Reads the memories in these slots in full, unless they were read. */
  private *fetch(slots: readonly number[]): Generator<Read, void> {
    const missing = [...new Set(slots)].filter((slot) => !this.memories.has(slot));
    if (missing.length === 0) return;
    const { userId } = this.parts.asked;
    for (const memory of yield* read((index) => index.memories(userId, missing)))
      this.memories.set(slotOf(memory.indexId), memory);
  }

  /** A memory with the parts of its score; nothing if it was changed since it was compared. */
  private hit({ found, parts }: Compared): MemoryHit[] {
    const { isCut, asked, known } = this.parts;
    const memory = this.memories.get(found.slot);
    if (!memory || !passes(memory, asked)) return [];
    const presences = isCut
      ? this.presencesInTexts(found.slot)
      : known.terms.map((said) => presentAt(said, found.slot));
    const terms: Record<string, TermPart> = {};
    let text = 0;
    for (const [i, { weight }] of known.terms.entries()) {
      const { presence, variant } = presences[i] as Present;
      if (presence === 0) continue;
      const score = termScore(weight, presence);
      text += score;
      addPart(terms, variant, { weight, presence, score });
    }
    const { speaker, date, place } = isCut ? this.foundInText(memory) : found;
    const meaning = found.meaning ? { meaning: found.meaning } : {};
    const all = { text, speaker, date, place, ...meaning, ...parts };
    return [{ memory, score: scoreOf(all, parts), parts: { ...all, terms } }];
  }

  /** Counts the terms in the texts of a memory and its neighbours. */
  private presencesInTexts(slot: number): Present[] {
    const near = around(slot).flatMap((each) => {
      const memory = this.memories.get(each);
      return memory ? [{ id: memory.indexId, terms: memoryTerms(memory) }] : [];
    });
    return this.parts.known.terms.map(({ variants }) => {
      const presences = variants.map((variant) => {
        const having = near.filter(({ terms }) => variant.terms.every((term) => terms.has(term)));
        return having.reduce((sum, { id }) => sum + countAt(slotOf(id) - slot, asks(id)), 0);
      });
      return { presence: presences.reduce((a, b) => a + b, 0), variant: most(variants, presences) };
    });
  }

  private foundInText(memory: MemoryRow): Pick<Found, 'speaker' | 'date' | 'place'> {
    const {
      scoring,
      known: { label, places },
    } = this.parts;
    const isSpeaker = label !== undefined && labelTerms(memory).includes(label.term);
    return {
      speaker: isSpeaker ? WEIGHTS.speaker : 1,
      date: scoring.date(memory.occurredAt),
      place: places && namesPlace(memory) ? WEIGHTS.place : 0,
    };
  }

  private advance(): void {
    this.next = this.queue.next().value ?? undefined;
  }
}

/** How much of a word is in a memory and its neighbours, and as which of its variants most of it. */
interface Present {
  presence: number;
  variant: Variant;
}

function presentAt({ variants, rows }: Said, slot: number): Present {
  const presence = presenceAt(rows.ids, slot);
  if (variants.length === 1) return { presence, variant: variants[0] as Variant };
  const presences = variants.map((variant) => presenceAt(variant.rows.ids, slot));
  return { presence, variant: most(variants, presences) };
}

function most(variants: readonly Variant[], presences: readonly number[]): Variant {
  return variants[presences.indexOf(Math.max(...presences))] as Variant;
}

/**
 * Adds what a word gives to the parts of a score, by its stems; two words may have one stem in a language.
 */
function addPart(
  parts: Record<string, TermPart>,
  { terms }: Variant,
  part: Omit<TermPart, 'language'>,
): void {
  const stems = terms.map(stemIn);
  const name = stems.map(({ stem }) => stem).join(' ');
  const { weight = 0, presence = 0, score = 0 } = parts[name] ?? {};
  parts[name] = {
    weight: weight + part.weight,
    presence: Math.max(presence, part.presence),
    score: score + part.score,
    language: stems[0]?.language ?? null,
  };
}

/** The slot and its neighbours, in order. */
function around(slot: number): number[] {
  const block = Math.floor(slot / SLOTS_PER_BLOCK);
  return [slot - 2, slot - 1, slot, slot + 1, slot + 2].filter(
    (each) => Math.floor(each / SLOTS_PER_BLOCK) === block,
  );
}

function byScore(a: MemoryHit, b: MemoryHit): number {
  return b.score - a.score || b.memory.indexId - a.memory.indexId;
}
