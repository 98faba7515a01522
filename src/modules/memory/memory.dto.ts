import { IsIn, IsInt, IsNumber, Max, Min } from 'class-validator';
import { MEMORY_TYPES, type MemoryType } from '../../events/memory/memory-formed.event.js';
import { IsId, IsListOf, IsText, IsTimeBound, Optional } from '../../validation/fields.js';
import { UserListQuery } from '../list-query.dto.js';
import { UserReadQuery } from '../user-read.dto.js';
import { MAX_REASON } from './commands/forget-memory.command.js';

/** Why a memory is forgotten. */
export class ForgetMemoryQuery {
  @Optional()
  @IsText(0, MAX_REASON)
  reason?: string;
}

/** Filters and page of the list of memories. */
export class ListMemoriesQuery extends UserListQuery {
  @Optional()
  @IsIn(MEMORY_TYPES)
  type?: MemoryType;

  /** Only memories that occurred at or after this time: any RFC 3339 time, compared exactly. */
  @Optional()
  @IsTimeBound()
  from?: string;

  /** Only memories that occurred before this time: any RFC 3339 time, compared exactly. */
  @Optional()
  @IsTimeBound()
  to?: string;

  /** Only memories that were formed in this session. */
  @Optional()
  @IsId()
  sessionId?: string;

  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  minConfidence?: number;

  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  minImportance?: number;

  /** `true`: only pinned memories; `false`: only others. */
  @Optional()
  @IsIn(['true', 'false'])
  pinned?: 'true' | 'false';

  /** `true`: also memories that have expired. */
  @Optional()
  @IsIn(['true', 'false'])
  includeExpired?: 'true' | 'false';

  /** `false`: no memories that another one supersedes. */
  @Optional()
  @IsIn(['true', 'false'])
  includeSuperseded?: 'true' | 'false';
}

/** What a search takes in a query string and in a body. */
export class SearchParameters extends UserReadQuery {
  /**
   * A question, some words or a whole message; a memory may match any of the words. The URL and the headers
   * of a request may have 16 KiB together, in which a character may take up to 12 bytes.
   */
  @IsText(1, 8_000)
  q: string;

  /** Only these types, separated by commas. */
  @Optional()
  @IsListOf(MEMORY_TYPES)
  types?: MemoryType[];

  /** Maximum number of memories; 5 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number;

  /** Minimum confidence of a memory; 0.3 when left out. */
  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  minConfidence?: number;

  /** Only memories that occurred at or after this time: any RFC 3339 time, compared exactly. */
  @Optional()
  @IsTimeBound()
  from?: string;

  /** Only memories that occurred before this time: any RFC 3339 time, compared exactly. */
  @Optional()
  @IsTimeBound()
  to?: string;

  /** Only memories that were formed in this session. */
  @Optional()
  @IsId()
  sessionId?: string;
}

/** A search in the memories. */
export class SearchMemoriesQuery extends SearchParameters {
  /** `true`: also memories that have expired. */
  @Optional()
  @IsIn(['true', 'false'])
  includeExpired?: 'true' | 'false';

  /** `true`: also memories that another one supersedes. */
  @Optional()
  @IsIn(['true', 'false'])
  includeSuperseded?: 'true' | 'false';

  /** `true` adds the parts of each score. */
  @Optional()
  @IsIn(['true', 'false'])
  explain?: 'true' | 'false';
}

/** How one memory is read. */
export class MemoryReadQuery extends UserReadQuery {
  /** `true`: also when it has expired. */
  @Optional()
  @IsIn(['true', 'false'])
  includeExpired?: 'true' | 'false';
}

/** A memory. */
export class MemoryAnswer {
  memoryId: string;
  type: MemoryType;
  content: string;
  context: string | null;
  confidence: number;
  importance: number;
  metadata: Record<string, unknown>;
  /** The session and the turn that it was formed in; null where unknown. */
  sessionId: string | null;
  turnId: string | null;
  /** The language of its texts, such as `de` or `pt-BR`: as said or detected; null where unknown. */
  language: string | null;
  pinned: boolean;
  /** From then on it is left out of reads; null: never. */
  expiresAt: string | null;
  /** The memories that it takes the place of, and the one that takes its place. */
  supersedes: string[];
  supersededBy: string | null;
  /** The memories that say otherwise. */
  contradicts: string[];
  recallCount: number;
  lastRecalledAt: string | null;
  occurredAt: string;
  createdAt: string;
  updatedAt: string;
  version: number;
}

/** A page of memories, newest first. */
export class MemoryPageAnswer {
  items: MemoryAnswer[];
  nextCursor: string | null;
}

/** What one word of the question adds to `text`. */
export class TermPartAnswer {
  /** Inverse frequency in the user's own memories, as a share of that of all words: 0..1. */
  weight: number;
  /**
   * How much of it is here: 1 in the memory itself, 0.3 in the one before it and in the one after it (0.6 in the
   * one before if that asks something), 0.15 two before and two after; in the order of forming, but not across a
   * pause of more than an hour.
   */
  presence: number;
  /** `weight` * `presence` / (`presence` + 1). */
  score: number;
  /** The language whose stem it is: that of the memory or of a neighbour; null if the word has no stem. */
  language: string | null;
}

/**
 * The parts of a score, which is ((`text` * `speaker` + `date` + `place` + `meaning` - `questions`, at least 0) / `length` +
 * `words`) * `importance` * `recency` * `recall`.
 */
export class ScoreAnswer {
  /** The sum of the scores in `terms`. */
  text: number;
  /** 2 if the memory begins with "Name: " and the question names only that name, else 1. */
  speaker: number;
  /**
   * 0.25 if it occurred on a day or in a month that the question names, half of it within 5 days or 14 days
   * after the month, 0.075 in the year; else 0. Days are UTC.
   */
  date: number;
  /** 0.1 if the question asks where and the memory names a place, else 0. */
  place: number;
  /**
   * With an embedding of the question: `embeddingWeight` times how much nearer it is than the mean of the user's
   * memories, (cosine - mean) / (1 - mean); left out where that is not above 0.
   */
  meaning?: number;
  /** 0.1 times the share of the content that are questions. */
  questions: number;
  /** From three times the average number of words on, 1 + 0.1 for each further time; else 1. */
  length: number;
  /** Factor 0.9..1.1, linear in the importance. */
  importance: number;
  /**
   * Factor 0.95..1.05; it halves its lead for every 90 days before the user's newest memory. A corrected memory
   * is as new as its correction.
   */
  recency: number;
  /** Factor 1..1.1; it grows with the logarithm of the number of recalls. */
  recall: number;
  /**
   * With word vectors (`WORD_VECTORS`), of the best 60 memories: 0..0.2, by how near what it says is to the question
   * in meaning.
   */
  words?: number;
  /** The version of these word vectors. */
  wordVectors?: string;
  /** The words of the question that are in the memory or around it, by their stems. */
  terms: Record<string, TermPartAnswer>;
}

/** A memory that says otherwise than another one. */
export class ContradictionAnswer {
  memoryId: string;
  content: string;
  occurredAt: string;
}

/** A memory that matches the search. */
export class FoundMemoryAnswer extends MemoryAnswer {
  score: number;
  /** What the memories in `contradicts` say; only where there are any. Expired and superseded ones are left out. */
  contradictions?: ContradictionAnswer[];
  explain?: ScoreAnswer;
}

/** With which memories an embedding was compared. */
export class ComparedAnswer {
  model: string;
  /** How many of the user's memories have an embedding of this model; the others are found by words alone. */
  memories: number;
}

/** The best matches of a search, best first. */
export class MemorySearchAnswer {
  items: FoundMemoryAnswer[];
  /**
   * False if so many memories contain the words of the question that not all of them were compared, so that a
   * better match may be missing. Every memory returned passes the filters, and its score is exact.
   */
  complete: boolean;
  /** Only of a search with an embedding. */
  embedding?: ComparedAnswer;
}

/** The answer to a change of one memory. */
export class MemoryWrittenAnswer {
  memoryId: string;
  position: number;
  version: number;
}

/** The answer to a memory that was formed, or that has confirmed another one. */
export class MemoryFormedAnswer extends MemoryWrittenAnswer {
  /**
   * Only if the user has a memory that says the same: `memoryId` and `version` are its own, and no second one was
   * formed. Two memories say the same if they have the same type and, in content and context, the same words in the
   * same order. Case, punctuation at the edges of words, contractions, and the words a, an, the, actually, also,
   * definitely, just, really, very do not matter.
   */
  duplicateOf?: string;
  /** Only with `duplicateOf`: its confidence now, 1 - (1 - before) * (1 - that of the command), at most 0.99. */
  confidence?: number;
}

/** The answer to a recall. */
export class RecalledAnswer {
  position: number;
}
