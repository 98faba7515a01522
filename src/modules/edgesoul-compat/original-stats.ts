import { MEMORY_TYPES } from '../../events/memory/memory-formed.event.js';
import type { ConversationAnswer } from '../conversation/conversation.dto.js';
import type { EmotionsAnswer } from '../emotion/emotion.dto.js';
import type { ProfileAnswer } from '../profile/profile.dto.js';
import type { StatsAnswer } from '../stats/stats.dto.js';
import type { OriginalStats, OriginalStatsConversation } from './original-profile.dto.js';
import { originalProfile } from './original-profile.js';

const SHOWN_TOPICS = 5;

/** What the statistics are made of; what is undefined is not known. */
interface Known {
  profile: ProfileAnswer | undefined;
  stats: StatsAnswer | undefined;
  emotions: EmotionsAnswer;
  window: ConversationAnswer | undefined;
  /** Memories of the last 7 days. */
  recent: number;
}

/** Statistics of a user of whom nothing is known. */
const NO_STATS = {
  memories: { total: 0, byType: Object.fromEntries(MEMORY_TYPES.map((type) => [type, 0])) },
  emotions: 0,
  averageSessionMinutes: 0,
  streakDays: 0,
};

/** Statistics in the original's words. */
export function originalStats(
  userId: string,
  { profile, stats, emotions, window, recent }: Known,
): OriginalStats {
  const { memories, emotions: occurrences, averageSessionMinutes, streakDays } = stats ?? NO_STATS;
  const { total_conversations, total_messages, name, ...of } = originalProfile(userId, profile, 0);
  const preferences = {
    empathy: of.empathy_level,
    humor: of.humor_level,
    formality: of.formality_level,
    verbosity: of.verbosity_level,
  };
  return {
    user_id: userId,
    profile: { name, total_conversations, total_messages, preferences },
    memory: { total_memories: memories.total, by_type: memories.byType, recent_count: recent },
    emotions: {
      patterns_tracked: emotions.total,
      most_common: emotions.items[0]?.emotion ?? null,
      total_occurrences: occurrences,
    },
    conversation: window ? conversationOf(window) : NO_CONVERSATION,
    average_session_length: averageSessionMinutes,
    streak_days: streakDays,
  };
}

const NO_CONVERSATION = { current_session: null, message_count: 0, topics: [], current_emotion: null };

function conversationOf({
  sessionId,
  turns,
  topics,
  currentEmotion,
}: ConversationAnswer): OriginalStatsConversation {
  return {
    current_session: sessionId,
    message_count: turns.length,
    topics: topics.slice(-SHOWN_TOPICS),
    current_emotion: currentEmotion,
  };
}
