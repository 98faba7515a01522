import type { UsedMemory } from '../../events/context/context-used.event.js';
import type { ConversationAnswer } from '../conversation/conversation.dto.js';
import type { EmotionAnswer } from '../emotion/emotion.dto.js';
import type { ProfileAnswer } from '../profile/profile.dto.js';

/** A memory that may be put before the model. Times are RFC 3339. */
export interface KnownMemory extends UsedMemory {
  content: string;
  context: string | null;
  occurredAt: string;
  /** What other memories say against it. */
  contradictions: readonly { content: string; occurredAt: string }[];
}

/** An emotion that was felt; the time is ms UTC. */
export interface FeltEmotion {
  emotion: string;
  intensity: number;
  occurredAt: number;
}

/** When the user was active first and last, ms UTC. */
export interface ActiveTimes {
  firstActivityAt: number;
  lastActivityAt: number;
}

/** What is known about a user, before it is put into words. */
export interface ContextFacts {
  profile: ProfileAnswer;
  /** Undefined for a user without a conversation. */
  active: ActiveTimes | undefined;
  /** The most relevant first. */
  memories: readonly KnownMemory[];
  emotions: readonly EmotionAnswer[];
  /** The newest first. */
  felt: readonly FeltEmotion[];
  conversation: ConversationAnswer | undefined;
  /** The last conversation, if the one that was asked for has not begun. */
  lastConversation: ConversationAnswer | undefined;
}
