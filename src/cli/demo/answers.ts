/** GET …/profile, as far as the demo shows it. */
export interface Profile {
  userId: string;
  name: string | null;
  empathyLevel: number;
  humorLevel: number;
  formalityLevel: number;
  verbosityLevel: number;
  proactivenessLevel: number;
  preferredTone: string;
  responseStyle: string;
  emojiUsage: boolean;
  interests: string[];
  dislikes: string[];
  utcOffset: number;
  totalConversations: number;
  totalMessages: number;
  avgSessionMinutes: number;
  version: number;
}

/** GET …/memories, one item. */
export interface Memory {
  memoryId: string;
  type: string;
  content: string;
  context: string | null;
  confidence: number;
  importance: number;
  metadata: Record<string, unknown>;
  recallCount: number;
  occurredAt: string;
}

/** GET …/memories/search, one item. */
export interface MemoryHit extends Memory {
  score: number;
  explain?: Record<string, unknown>;
}

/** GET …/emotions, one item. */
export interface EmotionPattern {
  emotion: string;
  frequency: number;
  meanIntensity: number;
  variance: number;
  triggers: { trigger: string; count: number }[];
  hours: number[];
  firstAt: string;
  lastAt: string;
  trend: { direction: 'increasing' | 'decreasing' | 'stable'; slopePerDay: number; confidence: number };
}

/** GET …/emotions/trend, one item. */
export interface TrendPoint {
  start: string;
  emotion: string;
  count: number;
  meanIntensity: number;
}

/** GET …/conversation. */
export interface Conversation {
  sessionId: string;
  turns: { turnId: string; userMessage: string; assistantMessage: string; occurredAt: string }[];
  topics: string[];
  emotionTrajectory: unknown[];
  startedAt: string;
  lastActivityAt: string;
  ended: boolean;
  turnCount: number;
}

/** One event as the feed answers it. */
export interface FeedEvent {
  position: number;
  streamId: string;
  version: number;
  type: string;
  userId: string;
  occurredAt: string;
  data: Record<string, unknown>;
}

/** GET /v1/events. */
export interface FeedPage {
  items: FeedEvent[];
  nextAfter: number;
  head: number;
}

/** A page of any list. */
export interface Page<T> {
  items: T[];
  nextCursor?: string | null;
}
