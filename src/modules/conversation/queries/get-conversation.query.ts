import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NotFound } from '../../../errors.js';
import {
  conversationSummariesTable,
  sessionsTable,
  windowTurnsTable,
  type SessionRow,
  type WindowTurnRow,
} from '../../../projections/conversation-window.projection.js';
import { UserReads } from '../../../projections/reads/reads.js';
import type { ConversationAnswer } from '../conversation.dto.js';

/** Reads the window of the given session, or of the user's current one. Throws NotFound. */
export class GetConversation extends Query<ConversationAnswer> {
  constructor(
    readonly userId: string,
    readonly sessionId?: string,
  ) {
    super();
  }
}

@QueryHandler(GetConversation)
export class GetConversationHandler implements IQueryHandler<GetConversation> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId, sessionId }: GetConversation): Promise<ConversationAnswer> {
    const id = sessionId ?? (await this.reads.get(conversationSummariesTable, userId))?.currentSessionId;
    if (id === undefined) throw NotFound.conversation(userId);
    const session = await this.reads.get(sessionsTable, userId, id);
    if (!session) throw NotFound.session(id);
    const slots = session.slots.map(([slot]) => [userId, id, slot]);
    return conversationAnswer(session, await this.reads.getAll(windowTurnsTable, slots));
  }
}

/** The turns are in order of when they happened, which a client's clock that is ahead does not decide. */
function conversationAnswer(session: SessionRow, turns: readonly WindowTurnRow[]): ConversationAnswer {
  const times = new Map(session.slots);
  const orderOf = ({ slot, occurredAt }: WindowTurnRow): number => times.get(slot) ?? occurredAt;
  return {
    userId: session.userId,
    sessionId: session.sessionId,
    turns: turns
      .toSorted((a, b) => orderOf(a) - orderOf(b) || a.position - b.position)
      .map(({ turnId, userMessage, assistantMessage, emotion, occurredAt }) => ({
        turnId,
        userMessage,
        assistantMessage,
        emotion,
        occurredAt: new Date(occurredAt).toISOString(),
      })),
    topics: session.topics.map(([topic]) => topic),
    emotionTrajectory: session.emotions.map(([emotion, intensity, at]) => ({
      emotion,
      intensity,
      occurredAt: new Date(at).toISOString(),
    })),
    currentEmotion: session.emotions.at(-1)?.[0] ?? null,
    startedAt: new Date(session.startedAt).toISOString(),
    lastActivityAt: new Date(session.lastActivityAt).toISOString(),
    ended: session.ended,
    turnCount: session.turnCount,
  };
}
