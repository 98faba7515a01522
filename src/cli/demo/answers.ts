/** The fields of GET …/profile that the demo shows. */
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

/** An item of GET …/memories. */
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

/** An item of GET …/memories/search. */
export interface MemoryHit extends Memory {
  score: number;
  explain?: Record<string, unknown>;
}

/** An item of GET …/emotions. */
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

/** An item of GET …/emotions/trend. */
export interface TrendPoint {
  startLocal: string;
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

/** An item of GET /v1/events. */
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
