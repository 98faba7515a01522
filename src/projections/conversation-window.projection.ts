import type { Rows } from '../database/row-store.js';
import { boolean, defineTable, integer, json, nullable, text, type RowIn } from '../database/table.js';
import type { TurnEmotion } from '../events/conversation/turn-recorded.event.js';
import type { FoldEventOf } from '../events/event-catalog.js';
import type { FoldEvent } from '../events/event.js';
import { localDay } from './local-time.js';
import { defineProjection, lastOf } from './projection.js';

/** How much of a session its window shows. */
export const WINDOW = { turns: 10, topics: 15, emotions: 20 } as const;

/** The slot in which a turn's text is kept, and when the turn happened; in the order of recording. */
export type WindowSlot = [slot: number, at: number];
/** A topic and when it was mentioned last. */
export type WindowTopic = [topic: string, at: number];
/** What was felt, how strongly (0..1) and when. */
export type WindowEmotion = [emotion: string, intensity: number, at: number];

/** One row per session. Times are ms UTC and follow what happened, not when it was recorded. */
export const sessionsTable = defineTable(
  'conversation_sessions',
  {
    userId: text(),
    sessionId: text(),
    turnCount: integer(),
    startedAt: integer(),
    lastActivityAt: integer(),
    ended: boolean(),
    slots: json<WindowSlot[]>(),
    topics: json<WindowTopic[]>(),
    emotions: json<WindowEmotion[]>(),
    position: integer(),
  },
  {
    key: ['userId', 'sessionId'],
    hot: true,
    indexes: [{ name: 'conversation_sessions_newest', columns: ['userId', 'startedAt', 'sessionId'] }],
  },
);

/** A ring of the newest turns of a session: at most ten rows, overwritten in turn, so that no row grows. */
export const windowTurnsTable = defineTable(
  'conversation_turns',
  {
    userId: text(),
    sessionId: text(),
    slot: integer(),
    turnId: text(),
    userMessage: text(),
    assistantMessage: text(),
    emotion: nullable(json<TurnEmotion>()),
    occurredAt: integer(),
    position: integer(),
  },
  { key: ['userId', 'sessionId', 'slot'] },
);

/** One row per user: the current session and the counters over all sessions. */
export const conversationSummariesTable = defineTable(
  'conversation_summaries',
  {
    userId: text(),
    currentSessionId: text(),
    sessions: integer(),
    turns: integer(),
    /** Sum over the sessions of the time from their first to their last activity, in ms. */
    sessionMs: integer(),
    firstActivityAt: integer(),
    lastActivityAt: integer(),
  },
  { key: ['userId'], hot: true },
);

/** One row per day of the user's own calendar, counted from 1970-01-01, on which they said or felt something. */
export const activityDaysTable = defineTable(
  'activity_days',
  { userId: text(), day: integer() },
  { key: ['userId', 'day'], hot: true },
);

export type SessionRow = RowIn<typeof sessionsTable>;
export type WindowTurnRow = RowIn<typeof windowTurnsTable>;
export type ConversationSummaryRow = RowIn<typeof conversationSummariesTable>;

/** What was said last, per session, and how much was said in all. */
export const conversationWindow = defineProjection({
  name: 'conversation-window',
  // 2: short tuples instead of objects in a session's lists.
  version: 2,
  tables: [sessionsTable, windowTurnsTable, conversationSummariesTable, activityDaysTable],
  folds: {
    'session.started': (event, rows) => {
      const before = rows.get(sessionsTable, event.userId, event.data.sessionId);
      const after = before ? { ...before, ended: false, position: event.position } : newSession(event);
      rows.put(sessionsTable, after);
      summarize(event, rows, before, after);
    },
    'turn.recorded': (event, rows) => {
      const before = rows.get(sessionsTable, event.userId, event.data.sessionId);
      const after = withTurn(before ?? newSession(event), event, rows);
      rows.put(sessionsTable, after);
      summarize(event, rows, before, after);
      active(event, rows);
    },
    'session.ended': (event, rows) => {
      const session = rows.get(sessionsTable, event.userId, event.data.sessionId);
      if (session) rows.put(sessionsTable, { ...session, ended: true, position: event.position });
    },
    'emotion.observed': (event, rows) => {
      active(event, rows);
      const { sessionId, emotion, intensity } = event.data;
      const session = sessionId ? rows.get(sessionsTable, event.userId, sessionId) : undefined;
      if (!session) return;
      const felt: WindowEmotion = [emotion, intensity, event.occurredAt];
      const emotions = lastOf([...session.emotions, felt], WINDOW.emotions, (a, b) => a[2] - b[2]);
      rows.put(sessionsTable, { ...session, emotions });
    },
  },
});

/** Mean over the sessions of the minutes from first to last activity. */
export function meanSessionMinutes({
  sessionMs,
  sessions,
}: Pick<ConversationSummaryRow, 'sessionMs' | 'sessions'>): number {
  return sessions === 0 ? 0 : sessionMs / sessions / 60_000;
}

function newSession(event: FoldEvent & { data: { sessionId: string } }): SessionRow {
  return {
    userId: event.userId,
    sessionId: event.data.sessionId,
    turnCount: 0,
    startedAt: event.occurredAt,
    lastActivityAt: event.occurredAt,
    ended: false,
    slots: [],
    topics: [],
    emotions: [],
    position: event.position,
  };
}

function withTurn(session: SessionRow, event: FoldEventOf<'turn.recorded'>, rows: Rows): SessionRow {
  const { occurredAt, position, data } = event;
  const slot = freeSlot(session.slots, occurredAt);
  if (slot !== undefined) {
    const { userId } = event;
    const { turnId, sessionId, userMessage, assistantMessage, emotion } = data;
    const turn = { userId, sessionId, slot, turnId, userMessage, assistantMessage };
    rows.put(windowTurnsTable, { ...turn, emotion: emotion ?? null, occurredAt, position });
  }
  const others = session.topics.filter(([topic]) => !data.topics.includes(topic));
  const again = data.topics.map((topic): WindowTopic => [topic, latestMention(session, topic, occurredAt)]);
  return {
    ...session,
    turnCount: session.turnCount + 1,
    startedAt: Math.min(session.startedAt, occurredAt),
    lastActivityAt: Math.max(session.lastActivityAt, occurredAt),
    ended: false,
    slots:
      slot === undefined
        ? session.slots
        : [...session.slots.filter(([taken]) => taken !== slot), [slot, occurredAt]],
    topics: lastOf([...others, ...again], WINDOW.topics, (a, b) => a[1] - b[1]),
    position,
  };
}

/** An unused slot, or that of the oldest turn; undefined when the new turn is older than all that are shown. */
function freeSlot(slots: readonly WindowSlot[], at: number): number | undefined {
  if (slots.length < WINDOW.turns) return slots.length;
  const [slot, oldest] = slots.reduce((a, b) => (b[1] < a[1] ? b : a));
  return at >= oldest ? slot : undefined;
}

function latestMention(session: SessionRow, topic: string, at: number): number {
  return Math.max(at, session.topics.find(([known]) => known === topic)?.[1] ?? at);
}

function summarize(event: FoldEvent, rows: Rows, before: SessionRow | undefined, after: SessionRow): void {
  const { userId, occurredAt } = event;
  rows.evolve(conversationSummariesTable, [userId], (row) => {
    const summary = row ?? newSummary(userId, after.sessionId, occurredAt);
    return {
      userId,
      currentSessionId: occurredAt >= summary.lastActivityAt ? after.sessionId : summary.currentSessionId,
      sessions: summary.sessions + (before ? 0 : 1),
      turns: summary.turns + after.turnCount - (before?.turnCount ?? 0),
      sessionMs: summary.sessionMs + duration(after) - (before ? duration(before) : 0),
      firstActivityAt: Math.min(summary.firstActivityAt, occurredAt),
      lastActivityAt: Math.max(summary.lastActivityAt, occurredAt),
    };
  });
}

function newSummary(userId: string, currentSessionId: string, at: number): ConversationSummaryRow {
  return {
    userId,
    currentSessionId,
    sessions: 0,
    turns: 0,
    sessionMs: 0,
    firstActivityAt: at,
    lastActivityAt: at,
  };
}

function duration(session: SessionRow): number {
  return session.lastActivityAt - session.startedAt;
}

function active(event: FoldEvent, rows: Rows): void {
  const { userId } = event;
  const day = localDay(event.occurredAt, event.utcOffset);
  rows.evolve(activityDaysTable, [userId, day], (row) => row ?? { userId, day });
}
