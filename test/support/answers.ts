/** An event as the service returns it. */
export interface StoredEvent {
  position: number;
  eventId: string;
  streamId: string;
  version: number;
  type: string;
  schemaVersion: number;
  userId: string;
  occurredAt: string;
  recordedAt: string;
  commandId: string;
  correlationId: string;
  causationId: string | null;
  actor: string | null;
  data: Record<string, unknown>;
}

export interface FeedPage {
  items: StoredEvent[];
  nextAfter: number;
  head: number;
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface List<T> {
  items: T[];
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
  currentVersion?: number;
}

/** The answer to a turn. */
export interface TurnAnswer {
  turnId: string;
  sessionId: string;
  position: number;
  events: { position: number; type: string; streamId: string; version: number }[];
}

/** The answer to any other command; the route decides which fields it has. */
export interface CommandAnswer {
  position: number;
  version: number;
  memoryId: string;
  sessionId: string;
}

export interface ProfileAnswer {
  profile: Profile;
  position: number;
  version: number;
}

export interface Profile {
  userId: string;
  name: string | null;
  humorLevel: number;
  interests: string[];
  totalConversations: number;
  totalMessages: number;
  avgSessionMinutes: number;
  createdAt: string;
  updatedAt: string;
  version: number;
  [field: string]: unknown;
}

export interface Memory {
  memoryId: string;
  type: string;
  content: string;
  context: string | null;
  confidence: number;
  importance: number;
  metadata: Record<string, unknown>;
  sessionId: string | null;
  turnId: string | null;
  language: string | null;
  recallCount: number;
  lastRecalledAt: string | null;
  occurredAt: string;
  createdAt: string;
  updatedAt: string;
  version: number;
}

export interface FoundMemory extends Memory {
  score: number;
  explain?: Record<string, unknown>;
}

/** The trend of an emotion. */
export interface EmotionTrend {
  measure: 'count' | 'intensity';
  direction: 'increasing' | 'decreasing' | 'stable';
  slopePerDay: number;
  confidence: number;
}

export interface EmotionPattern {
  emotion: string;
  frequency: number;
  meanIntensity: number;
  variance: number;
  triggers: { trigger: string; count: number }[];
  triggerCount: number;
  hours: number[];
  firstAt: string;
  lastAt: string;
  trend: EmotionTrend;
  intensityTrend: EmotionTrend;
}

export interface EmotionBucket {
  start: string;
  startLocal: string;
  emotion: string;
  count: number;
  meanIntensity: number;
}

export interface Conversation {
  userId: string;
  sessionId: string;
  turns: {
    turnId: string;
    userMessage: string;
    assistantMessage: string;
    emotion: unknown;
    occurredAt: string;
  }[];
  topics: string[];
  emotionTrajectory: unknown[];
  currentEmotion: unknown;
  startedAt: string;
  lastActivityAt: string;
  ended: boolean;
  turnCount: number;
}

export interface Session {
  sessionId: string;
  turnCount: number;
  startedAt: string;
  lastActivityAt: string;
  ended: boolean;
}

export interface BatchAnswer {
  results: { status: number; body?: Record<string, unknown>; problem?: Problem }[];
}
