import type { Rows } from '../database/row-store.js';
import { boolean, defineTable, integer, json, nullable, text, type RowIn } from '../database/table.js';
import type { TurnEmotion } from '../events/conversation/turn-recorded.event.js';
import type { FoldEventOf } from '../events/event-catalog.js';
import type { FoldEvent } from '../events/event.js';
import { label, labels, spellings } from '../events/labels.js';
import { localDay } from './local-time.js';
import { defineProjection, lastOf } from './projection.js';

/** Upper bounds of the turns, topics and emotions in a session's window. */
export const WINDOW = { turns: 10, topics: 15, emotions: 20 } as const;

/** The slot that holds a turn's text, and when the turn occurred, ms UTC; listed in recording order. */
export type WindowSlot = [slot: number, at: number];
/** A topic, and when it was last mentioned, ms UTC. */
export type WindowTopic = [topic: string, at: number];
/** An emotion, its intensity (0..1) and when it occurred, ms UTC. */
export type WindowEmotion = [emotion: string, intensity: number, at: number];

/** One row per session. Times are ms UTC, of when things occurred, not of when they were recorded. */
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

/** The newest turns of a session: at most ten rows, the oldest overwritten first, so that no row grows. */
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

/** One row per user: the current session, and counters over all sessions. */
export const conversationSummariesTable = defineTable(
  'conversation_summaries',
  {
    userId: text(),
    currentSessionId: text(),
    sessions: integer(),
    turns: integer(),
    /** Sum of the sessions' durations, from first to last activity, in ms. */
    sessionMs: integer(),
    firstActivityAt: integer(),
    lastActivityAt: integer(),
  },
  { key: ['userId'], hot: true },
);

/** One row per day of the user's calendar with a turn or an emotion; days count from 1970-01-01. */
export const activityDaysTable = defineTable(
  'activity_days',
  { userId: text(), day: integer() },
  { key: ['userId', 'day'], hot: true },
);

export type SessionRow = RowIn<typeof sessionsTable>;
export type WindowTurnRow = RowIn<typeof windowTurnsTable>;
export type ConversationSummaryRow = RowIn<typeof conversationSummariesTable>;

/** The latest turns, topics and emotions per session, and counters over all sessions. */
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
      markActiveDay(event, rows);
    },
    'session.ended': (event, rows) => {
      const session = rows.get(sessionsTable, event.userId, event.data.sessionId);
      if (session) rows.put(sessionsTable, { ...session, ended: true, position: event.position });
    },
    'emotion.observed': (event, rows) => {
      markActiveDay(event, rows);
      const { sessionId, emotion, intensity } = event.data;
      const session = sessionId ? rows.get(sessionsTable, event.userId, sessionId) : undefined;
      if (!session) return;
      const felt: WindowEmotion = [label(emotion), intensity, event.occurredAt];
      const emotions = lastOf([...session.emotions, felt], WINDOW.emotions, (a, b) => a[2] - b[2]);
      rows.put(sessionsTable, { ...session, emotions });
    },
  },
});

/** The mean duration of the sessions, in minutes; 0 without sessions. */
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
    rows.put(windowTurnsTable, { ...turn, emotion: normalEmotion(emotion), occurredAt, position });
  }
  return {
    ...session,
    turnCount: session.turnCount + 1,
    startedAt: Math.min(session.startedAt, occurredAt),
    lastActivityAt: Math.max(session.lastActivityAt, occurredAt),
    ended: false,
    slots:
      slot === undefined
        ? session.slots
        : [...session.slots.filter(([used]) => used !== slot), [slot, occurredAt]],
    topics: withTopics(session.topics, data.topics, occurredAt),
    position,
  };
}

/** Returns an unused slot, or that of the oldest turn; undefined if the new turn is older than all others. */
function freeSlot(slots: readonly WindowSlot[], at: number): number | undefined {
  if (slots.length < WINDOW.turns) return slots.length;
  const [slot, oldest] = slots.reduce((a, b) => (b[1] < a[1] ? b : a));
  return at >= oldest ? slot : undefined;
}

/** Topics whose labels are equal are one topic, which keeps the spelling of its first mention. */
function withTopics(known: readonly WindowTopic[], spelled: readonly string[], at: number): WindowTopic[] {
  if (spelled.length === 0) return [...known];
  const topics = new Map(known.map((topic) => [label(topic[0]), topic]));
  for (const topic of spellings(spelled)) {
    const same = label(topic);
    const [spelling, mentionedAt] = topics.get(same) ?? [topic, at];
    topics.delete(same);
    topics.set(same, [spelling, Math.max(at, mentionedAt)]);
  }
  return lastOf([...topics.values()], WINDOW.topics, (a, b) => a[1] - b[1]);
}

function normalEmotion(emotion: TurnEmotion | null): TurnEmotion | null {
  return emotion && { ...emotion, label: label(emotion.label), triggers: labels(emotion.triggers) };
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

function markActiveDay(event: FoldEvent, rows: Rows): void {
  const { userId } = event;
  const day = localDay(event.occurredAt, event.utcOffset);
  rows.evolve(activityDaysTable, [userId, day], (row) => row ?? { userId, day });
}
