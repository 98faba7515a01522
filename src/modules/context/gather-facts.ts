import type { QueryBus } from '@nestjs/cqrs';
import { NotFound } from '../../errors.js';
import { conversationSummariesTable } from '../../projections/conversation-window.projection.js';
import { emotionObservationsTable } from '../../projections/emotion-trend.projection.js';
import type { UserReads } from '../../projections/reads/reads.js';
import type { ConversationAnswer } from '../conversation/conversation.dto.js';
import { GetConversation } from '../conversation/queries/get-conversation.query.js';
import { ListEmotions } from '../emotion/queries/list-emotions.query.js';
import type { MemoryAnswer } from '../memory/memory.dto.js';
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

/** Where the facts are read: the queries of the other modules, and rows that none of them answers. */
export interface FactSources {
  queries: QueryBus;
  reads: UserReads;
}

/** What a context is about. */
export interface Asked extends Pick<ContextParameters, 'q' | 'sessionId'> {
  userId: string;
  limits: Limits;
}

/** Reads what is known about a user. Throws NotFound for an unknown one. */
export async function gatherFacts(sources: FactSources, asked: Asked): Promise<ContextFacts> {
  const { queries, reads } = sources;
  const { userId, sessionId } = asked;
  const [profile, active, memories, { items: emotions }, felt, conversation] = await Promise.all([
    queries.execute(new GetProfile(userId)),
    reads.get(conversationSummariesTable, userId),
    relevantMemories(queries, asked),
    queries.execute(new ListEmotions(userId, { limit: EMOTIONS })),
    lastFelt(reads, userId),
    conversationOf(queries, userId, sessionId ?? undefined),
  ]);
  const isNew = sessionId !== null && !conversation;
  const lastConversation = isNew ? await conversationOf(queries, userId) : undefined;
  return { profile, active, memories, emotions, felt, conversation, lastConversation };
}

/** The best matches; with few of them, or without a question, also the important ones, and then the newest. */
async function relevantMemories(queries: QueryBus, { userId, q, limits }: Asked): Promise<KnownMemory[]> {
  const { memories: limit, minConfidence, minImportance, important, minScoreShare } = limits;
  const found =
    q.trim() === ''
      ? []
      : (await queries.execute(new SearchMemories(userId, { q, limit, minConfidence }))).items;
  const least = (found[0]?.score ?? 0) * minScoreShare;
  const matching = found.filter(({ score }) => score >= least).map((each) => known(each, each.score));
  if (matching.length >= Math.max(1, important)) return distinct(matching);
  const wanted = matching.length === 0 ? limit : Math.max(important, matching.length);
  const [chosen, newest] = await Promise.all([
    queries.execute(
      new ListMemories(userId, { limit: Math.max(1, important), minConfidence, minImportance }),
    ),
    queries.execute(new ListMemories(userId, { limit: wanted, minConfidence })),
  ]);
  const others = [...chosen.items.slice(0, important), ...newest.items].map((each) => known(each, 0));
  return distinct([...matching, ...others]).slice(0, wanted);
}

/** Leaves out what is there already, or says the same in the same words. */
function distinct(memories: readonly KnownMemory[]): KnownMemory[] {
  const seen = new Set<string>();
  return memories.filter(({ content, context }) => {
    const said = oneLine(`${content} ${context ?? ''}`).toLowerCase();
    return !seen.has(said) && seen.add(said);
  });
}

function known({ memoryId, content, context, occurredAt }: MemoryAnswer, score: number): KnownMemory {
  return { memoryId, score, content, context, occurredAt };
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
async function conversationOf(
  queries: QueryBus,
  userId: string,
  sessionId?: string,
): Promise<ConversationAnswer | undefined> {
  try {
    return await queries.execute(new GetConversation(userId, sessionId));
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
