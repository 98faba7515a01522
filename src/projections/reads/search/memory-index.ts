import type { TermRows } from '../../../database/full-text.js';
import type { RowQuery } from '../../../database/row-store.js';
import type { MemoryRow } from '../../memory-index.projection.js';
import { isExpired } from '../../memory/memory-expiries.js';
import type { MemorySummaryRow } from '../../memory/memory-summaries.js';
import type { ScoredMemory } from './memory-score.js';
import type { NearDate } from './question-dates.js';

/** Which memories a search may return. */
export interface MemoryFilter {
  types?: readonly string[] | undefined;
  /** Only memories that were formed in this session. */
  sessionId?: string | undefined;
  /** Lowest confidence to return, 0..1. */
  minConfidence: number;
  /** Only memories that occurred at or after this time, ms UTC. */
  from?: number | undefined;
  /** Only memories that occurred before this time, ms UTC. */
  to?: number | undefined;
  /** Only memories that have not expired at this time, ms UTC. */
  unexpiredAt?: number | undefined;
  /** Whether memories that another one supersedes are left out. */
  current?: boolean | undefined;
}

/** What a search looks up in the index at first. */
export interface Words {
  terms: readonly string[];
  /** What stands for labels and places. */
  further: readonly string[];
}

/** What a search begins with. */
export interface Looked {
  /** Undefined if the user has formed no memory. */
  summary: MemorySummaryRow | undefined;
  /** For each term the user's memories that contain it, by their index ids. */
  terms: readonly TermRows[];
  further: readonly TermRows[];
}

/** The reads of a search. */
export interface MemoryIndex {
  /** Looks up the newest memories with each of the words, at most so many of each. */
  lookUp(userId: string, words: Words, limit: number): Looked;
  /** Returns those of the terms that any of the user's memories contains. */
  contained(userId: string, terms: readonly string[]): ReadonlySet<string>;
  /** Reads which memories occurred at these times, at most so many. */
  near(
    userId: string,
    times: readonly NearDate[],
    limit: number,
  ): readonly { id: number; occurredAt: number }[];
  /** Reads those of the memories in these slots that pass the filter, in any order. */
  scored(userId: string, slots: readonly number[], filter: MemoryFilter): readonly ScoredMemory[];
  /** Reads the memories in these slots, in any order. */
  memories(userId: string, slots: readonly number[]): readonly MemoryRow[];
}

/** The same reads, answered later. */
export type RemoteMemoryIndex = {
  [Name in keyof MemoryIndex]: (
    ...of: Parameters<MemoryIndex[Name]>
  ) => Promise<ReturnType<MemoryIndex[Name]>>;
};

/** Whether a search with the filter may return the memory. */
export function passes(
  memory: Pick<MemoryRow, 'confidence' | 'type' | 'sessionId' | 'occurredAt' | 'expiresAt' | 'supersededBy'>,
  filter: MemoryFilter,
): boolean {
  const { types, sessionId, minConfidence, from = -Infinity, to = Infinity } = filter;
  const { confidence, type, occurredAt } = memory;
  if (filter.current && memory.supersededBy !== null) return false;
  if (isExpired(memory, filter.unexpiredAt)) return false;
  const isInTime = occurredAt >= from && occurredAt < to;
  const isInSession = sessionId === undefined || memory.sessionId === sessionId;
  return confidence >= minConfidence && isInTime && isInSession && (!types || types.includes(type));
}

/** One read that a search waits for. */
export type Read = (index: MemoryIndex) => unknown;

/** Does one read. */
export function* read<T>(of: (index: MemoryIndex) => T): Generator<Read, T> {
  return (yield of) as T;
}

/** The query that reads the memories in these slots in full. */
export function memoriesInSlots(userId: string, slots: readonly number[]): RowQuery {
  return {
    filters: [
      ['userId', '=', userId],
      ['indexId', 'in', slots.flatMap((slot) => [slot * 2, slot * 2 + 1])],
    ],
    order: ['indexId'],
    limit: slots.length,
  };
}

/** Returns the same times without overlaps, in order. */
export function joined(times: readonly NearDate[]): Pick<NearDate, 'from' | 'to'>[] {
  const spans: { from: number; to: number }[] = [];
  for (const { from, to } of times.toSorted((a, b) => a.from - b.from)) {
    const last = spans.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else spans.push({ from, to });
  }
  return spans;
}
