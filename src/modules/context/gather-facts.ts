import type { QueryBus } from '@nestjs/cqrs';
import { NotFound } from '../../errors.js';
import { conversationSummariesTable } from '../../projections/conversation-window.projection.js';
import { emotionObservationsTable } from '../../projections/emotion-trend.projection.js';
import type { UserReads } from '../../projections/reads/reads.js';
import type { ConversationAnswer } from '../conversation/conversation.dto.js';
import { GetConversation } from '../conversation/queries/get-conversation.query.js';
import { ListEmotions } from '../emotion/queries/list-emotions.query.js';
import type { MemoryAnswer } from '../memory/memory.dto.js';
import { GetMemory } from '../memory/queries/get-memory.query.js';
import { ListMemories } from '../memory/queries/list-memories.query.js';
import { SearchMemories } from '../memory/queries/search-memories.query.js';
import { GetProfile } from '../profile/queries/get-profile.query.js';
import type { ContextFacts, FeltEmotion, KnownMemory } from './context-facts.js';
import type { Limits } from './policy/context-policy.js';
import type { ContextParameters } from './receipt.js';
import { oneLine } from './wording.js';

/** Emotions that are looked at: the most frequent ones, and the newest observations. */
const EMOTIONS = 50;
const OBSERVATIONS = 30;

/** Only memories whose place no other one takes. */
const CURRENT = { includeSuperseded: 'false' } as const;

/** A memory with its score; 0 if it was not searched for. */
type Scored = MemoryAnswer & { score: number };

/** Where the facts are read: the queries of the other modules, and rows that none of them answers. */
export interface FactSources {
  queries: QueryBus;
  reads: UserReads;
}

/** What a context is about. */
export interface Asked extends Pick<ContextParameters, 'q' | 'sessionId'> {
  userId: string;
  limits: Limits;
  /** Whether memories are found with the word vectors of the service: a receipt may be older than these. */
  usesWordVectors: boolean;
}

/** Reads what is known about a user. Throws NotFound for an unknown one. */
export async function gatherFacts(sources: FactSources, asked: Asked): Promise<ContextFacts> {
  const { queries, reads } = sources;
  const { userId, sessionId } = asked;
  const [profile, active, memories, { items: emotions }, felt, conversation] = await Promise.all([
    queries.execute(new GetProfile(userId)),
    reads.get(conversationSummariesTable, userId),
    chosenMemories(queries, asked),
    queries.execute(new ListEmotions(userId, { limit: EMOTIONS })),
    lastFelt(reads, userId),
    conversationOf(queries, userId, sessionId ?? undefined),
  ]);
  const isNew = sessionId !== null && !conversation;
  const lastConversation = isNew ? await conversationOf(queries, userId) : undefined;
  return { profile, active, memories, emotions, felt, conversation, lastConversation };
}

/** The pinned memories, then the relevant ones, and what others say against them. */
async function chosenMemories(queries: QueryBus, asked: Asked): Promise<KnownMemory[]> {
  const limit = asked.limits.memories;
  const [{ items: pinned }, relevant] = await Promise.all([
    queries.execute(new ListMemories(asked.userId, { pinned: 'true', limit, ...CURRENT })),
    relevantMemories(queries, asked),
  ]);
  const scores = new Map(relevant.map(({ memoryId, score }) => [memoryId, score]));
  const first = pinned.map((memory) => ({ ...memory, score: scores.get(memory.memoryId) ?? 0 }));
  return withContradictions(queries, asked, distinct([...first, ...relevant]).slice(0, limit));
}

/**
 * The best matches; with few of them, or without a question, also the important ones, and then the newest.
 */
async function relevantMemories(queries: QueryBus, asked: Asked): Promise<Scored[]> {
  const { userId, q, limits, usesWordVectors } = asked;
  const { memories: limit, minConfidence, minImportance, important, minScoreShare } = limits;
  const found =
    q.trim() === ''
      ? []
      : (await queries.execute(new SearchMemories(userId, { q, limit, minConfidence }, { usesWordVectors })))
          .items;
  const least = (found[0]?.score ?? 0) * minScoreShare;
  const matching = found.filter(({ score }) => score >= least);
  if (matching.length >= Math.max(1, important)) return distinct(matching);
  const wanted = matching.length === 0 ? limit : Math.max(important, matching.length);
  const others = { pinned: 'false', minConfidence, ...CURRENT } as const;
  const [chosen, newest] = await Promise.all([
    queries.execute(new ListMemories(userId, { ...others, limit: Math.max(1, important), minImportance })),
    queries.execute(new ListMemories(userId, { ...others, limit: wanted })),
  ]);
  const further = [...chosen.items.slice(0, important), ...newest.items];
  return distinct([...matching, ...further.map((each) => ({ ...each, score: 0 }))]).slice(0, wanted);
}

/** Adds what other memories say against these, unless one before them has said so; each is looked up once. */
async function withContradictions(
  queries: QueryBus,
  { userId, limits: { listed: most } }: Asked,
  memories: readonly Scored[],
): Promise<KnownMemory[]> {
  const ids = new Set(memories.flatMap(({ contradicts }) => contradicts.slice(0, most)));
  const found = await Promise.all(
    [...ids].map((id) => unlessUnknown(queries.execute(new GetMemory(userId, id)))),
  );
  const others = new Map<string, MemoryAnswer>();
  for (const other of found) if (other?.supersededBy === null) others.set(other.memoryId, other);
  const told = new Set<string>();
  return memories.map(({ memoryId, score, content, context, occurredAt, contradicts }) => {
    told.add(memoryId);
    const contradictions = contradicts.flatMap((id) => (told.has(id) ? [] : (others.get(id) ?? [])));
    return { memoryId, score, content, context, occurredAt, contradictions };
  });
}

/** Leaves out what is there already, or says the same in the same words. */
function distinct(memories: readonly Scored[]): Scored[] {
  const seen = new Set<string>();
  return memories.filter(({ content, context }) => {
    const said = oneLine(`${content} ${context ?? ''}`).toLowerCase();
    return !seen.has(said) && seen.add(said);
  });
}

function lastFelt(reads: UserReads, userId: string): Promise<FeltEmotion[]> {
  return reads.list(emotionObservationsTable, {
    filters: [['userId', '=', userId]],
    order: ['occurredAt', 'position'],
    descending: true,
    limit: OBSERVATIONS,
  });
}

/** The window of a session, or of the current one; undefined if there is none. */
function conversationOf(
  queries: QueryBus,
  userId: string,
  sessionId?: string,
): Promise<ConversationAnswer | undefined> {
  return unlessUnknown(queries.execute(new GetConversation(userId, sessionId)));
}

async function unlessUnknown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
