import { MINUTE_MS } from '../../durations.js';
import type { ConversationSummaryRow } from '../conversation-window.projection.js';

/** The number of conversations: a session that is used again after its end is another one. */
export function conversationCount({
  sessions,
  resumptions,
}: Pick<ConversationSummaryRow, 'sessions' | 'resumptions'>): number {
  return sessions + (resumptions ?? 0);
}

/**
 * The mean length of a sitting, in minutes; 0 without any. A session may be used for years: its whole active
 * time would say nothing.
 */
export function meanSessionMinutes({
  sessionMs,
  sittings,
}: Pick<ConversationSummaryRow, 'sessionMs' | 'sittings'>): number {
  return sittings ? sessionMs / sittings / MINUTE_MS : 0;
}
