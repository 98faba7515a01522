import { contextUses } from './context-uses.projection.js';
import { conversationWindow } from './conversation-window.projection.js';
import { currentProfile } from './current-profile.projection.js';
import { emotionTrend } from './emotion-trend.projection.js';
import { memoryEmbeddings } from './memory-embeddings.projection.js';
import { memoryIndex } from './memory-index.projection.js';
import type { Projection } from './projection.js';
import { userActivity } from './user-activity.projection.js';

/** The one list of all projections. */
export const PROJECTIONS: readonly Projection[] = [
  currentProfile,
  memoryIndex,
  emotionTrend,
  conversationWindow,
  userActivity,
  contextUses,
  memoryEmbeddings,
];
