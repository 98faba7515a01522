import type { ConversationSummaryRow } from '../../projections/conversation-window.projection.js';
import {
  conversationCount,
  meanSessionMinutes,
} from '../../projections/conversation/conversation-figures.js';
import type { ProfileRow } from '../../projections/current-profile.projection.js';
import type { ProfileAnswer } from './profile.dto.js';

/** Returns a profile as HTTP answers it. The counters come from the conversation summary. */
export function profileAnswer(
  row: ProfileRow,
  conversations: ConversationSummaryRow | undefined,
): ProfileAnswer {
  const { position: _position, createdAt, updatedAt, version, ...fields } = row;
  return {
    ...fields,
    totalConversations: conversations ? conversationCount(conversations) : 0,
    totalMessages: conversations?.turns ?? 0,
    avgSessionMinutes: conversations ? meanSessionMinutes(conversations) : 0,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    version,
  };
}
