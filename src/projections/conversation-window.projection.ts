import type { Rows } from '../database/row-store.js';
import {
  boolean,
  defineTable,
  instant,
  integer,
  json,
  nullable,
  text,
  type RowIn,
} from '../database/table.js';
import type { TurnEmotion } from '../events/conversation/turn-recorded.event.js';
import type { FoldEventOf } from '../events/event-catalog.js';
import type { FoldEvent } from '../events/event.js';
import { label, labels } from '../events/labels.js';
import { endOf, withActivity, type Activity } from './conversation/session-times.js';
import { sittingsTable } from './conversation/sittings.js';
import {
  lastEmotions,
  withTopics,
  type WindowEmotion,
  type WindowSlot,
  type WindowTopic,
} from './conversation/window-lists.js';
import { localDay } from './local-time.js';
import { orderTime } from './order-time.js';
import { defineProjection, type Settings, type SettingValues } from './projection.js';

/** What the rules of conversations depend on. */
const SETTINGS = {
  turns: { default: 10, min: 1, max: 100, about: "newest turns in a session's window" },
  topics: { default: 15, min: 1, max: 200, about: "topics in a session's window" },
  emotions: { default: 20, min: 1, max: 500, about: "emotions in a session's window" },
  pauseMinutes: { default: 30, min: 1, max: 720, about: 'longest pause within a conversation, minutes' },
} satisfies Settings;

type Rules = SettingValues<typeof SETTINGS>;

/**
 * One row per session. Times are order times, ms UTC. A session is opened by its start or its first turn; a
 * row that is not opened holds the emotions that came before.
 */
export const sessionsTable = defineTable(
  'conversation_sessions',
  {
    userId: text(),
    sessionId: text(),
    turnCount: integer(),
    startedAt: instant(),
    lastActivityAt: instant(),
    ended: boolean(),
    /**
     * When the session was opened, as known then: it never moves, so that pages of sessions do not either.
     */
    openedAt: nullable(instant()),
    /** The first turn of the newest sitting, whose last turn is the last activity. */
    sittingStart: nullable(instant()),
    /** `recordedAt` of the turn that is the last activity. */
    lastRecordedAt: nullable(instant()),
    /** When the session ended; null while it is in use. */
    endedAt: nullable(instant()),
    slots: json<WindowSlot[]>(),
    topics: json<WindowTopic[]>(),
    emotions: json<WindowEmotion[]>(),
    position: integer(),
  },
  {
    key: ['userId', 'sessionId'],
    hot: true,
    indexes: [{ name: 'conversation_sessions_newest', columns: ['userId', 'openedAt', 'sessionId'] }],
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
    occurredAt: instant(),
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
    /** How often a session was used again after its end; null only in rows of an older release. */
    resumptions: nullable(integer()),
    /** Turns of one session without a long pause and without an end in between; null as above. */
    sittings: nullable(integer()),
    turns: integer(),
    /** Active time: the length of all sittings, ms. */
    sessionMs: integer(),
    firstActivityAt: instant(),
    lastActivityAt: instant(),
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
  // 4: a session may have begun before its first turn that is known. 3: sittings, order times, emotions before
  // the first turn. 2: short tuples in a session's lists.
  version: 4,
  tables: [sessionsTable, sittingsTable, windowTurnsTable, conversationSummariesTable, activityDaysTable],
  settings: SETTINGS,
  folds: (rules) => ({
    'session.started': (event, rows) => {
      const before = rows.get(sessionsTable, event.userId, event.data.sessionId);
      const session = before ?? newSession(event, event.data.sessionId);
      const active = withActivity(session, event, rows, rules.pauseMinutes);
      rows.put(sessionsTable, active.session);
      summarize(event, rows, 0, active);
    },
    'turn.recorded': (event, rows) => {
      const before = rows.get(sessionsTable, event.userId, event.data.sessionId);
      const session = before ?? newSession(event, event.data.sessionId);
      const active = withActivity(session, event, rows, rules.pauseMinutes);
      rows.put(sessionsTable, withTurn(active.session, event, rows, rules));
      summarize(event, rows, 1, active);
      markActiveDay(event, rows);
    },
    'session.ended': (event, rows) => {
      const session = rows.get(sessionsTable, event.userId, event.data.sessionId);
      if (!session || session.openedAt === null) return;
      const endedAt = session.endedAt ?? endOf(session, event);
      rows.put(sessionsTable, { ...session, ended: true, endedAt, position: event.position });
    },
    'conversation.window-imported': (event, rows) => {
      const { userId, data } = event;
      const session = rows.get(sessionsTable, userId, data.sessionId) ?? newSession(event, data.sessionId);
      const at = orderTime(event);
      const topics = withTopics(session.topics, data.topics, at, rules.topics);
      // What was imported before is replaced.
      const observed = session.emotions.filter(([, intensity]) => intensity !== null);
      const imported = data.emotions.map((emotion): WindowEmotion => [label(emotion), null, at]);
      rows.put(sessionsTable, {
        ...session,
        startedAt: begunBefore(event, session, rows) ?? session.startedAt,
        topics,
        emotions: lastEmotions([...imported, ...observed], rules.emotions),
      });
    },
    'emotion.observed': (event, rows) => {
      markActiveDay(event, rows);
      const { sessionId, emotion, intensity } = event.data;
      if (!sessionId) return;
      const session = rows.get(sessionsTable, event.userId, sessionId) ?? newSession(event, sessionId);
      const felt: WindowEmotion = [label(emotion), intensity, orderTime(event)];
      const emotions = lastEmotions([...session.emotions, felt], rules.emotions);
      rows.put(sessionsTable, { ...session, emotions });
    },
  }),
});

/** A session that is not opened yet. */
function newSession(event: FoldEvent, sessionId: string): SessionRow {
  const at = orderTime(event);
  return {
    userId: event.userId,
    sessionId,
    turnCount: 0,
    startedAt: at,
    lastActivityAt: at,
    ended: false,
    openedAt: null,
    sittingStart: null,
    lastRecordedAt: null,
    endedAt: null,
    slots: [],
    topics: [],
    emotions: [],
    position: event.position,
  };
}

/**
 * When a session began that another program had kept the end of, if that was before its first known turn: the
 * user has been here since then. Undefined otherwise, and for a session without turns.
 */
function begunBefore(
  { userId, recordedAt, data }: FoldEventOf<'conversation.window-imported'>,
  session: SessionRow,
  rows: Rows,
): number | undefined {
  const at = Math.min(data.startedAt ?? Infinity, recordedAt);
  if (session.openedAt === null || at >= session.startedAt) return undefined;
  const summary = rows.get(conversationSummariesTable, userId);
  if (summary && at < summary.firstActivityAt)
    rows.put(conversationSummariesTable, { ...summary, firstActivityAt: at });
  return at;
}

function withTurn(
  session: SessionRow,
  event: FoldEventOf<'turn.recorded'>,
  rows: Rows,
  rules: Rules,
): SessionRow {
  const { occurredAt, position, data } = event;
  const at = orderTime(event);
  const slot = freeSlot(session.slots, at, rules.turns);
  if (slot !== undefined) {
    const { userId } = event;
    const { turnId, sessionId, userMessage, assistantMessage, emotion } = data;
    const turn = { userId, sessionId, slot, turnId, userMessage, assistantMessage };
    rows.put(windowTurnsTable, { ...turn, emotion: normalEmotion(emotion), occurredAt, position });
  }
  return {
    ...session,
    turnCount: session.turnCount + 1,
    slots:
      slot === undefined ? session.slots : [...session.slots.filter(([used]) => used !== slot), [slot, at]],
    topics: withTopics(session.topics, data.topics, at, rules.topics),
  };
}

/** Returns an unused slot, or that of the oldest turn; undefined if the new turn is older than all others. */
function freeSlot(slots: readonly WindowSlot[], at: number, turns: number): number | undefined {
  if (slots.length < turns) return slots.length;
  const [slot, oldest] = slots.reduce((a, b) => (b[1] < a[1] ? b : a));
  return at >= oldest ? slot : undefined;
}

function normalEmotion(emotion: TurnEmotion | null): TurnEmotion | null {
  return emotion && { ...emotion, label: label(emotion.label), triggers: labels(emotion.triggers) };
}

function summarize(
  event: FoldEvent,
  rows: Rows,
  turns: 0 | 1,
  { session, added }: Activity<SessionRow>,
): void {
  const { userId } = event;
  const at = orderTime(event);
  rows.evolve(conversationSummariesTable, [userId], (row) => {
    const summary = row ?? newSummary(userId, session.sessionId, at);
    return {
      userId,
      currentSessionId: at >= summary.lastActivityAt ? session.sessionId : summary.currentSessionId,
      sessions: summary.sessions + added.sessions,
      resumptions: (summary.resumptions ?? 0) + added.resumptions,
      sittings: (summary.sittings ?? 0) + added.sittings,
      turns: summary.turns + turns,
      sessionMs: summary.sessionMs + added.ms,
      firstActivityAt: Math.min(summary.firstActivityAt, at),
      lastActivityAt: Math.max(summary.lastActivityAt, at),
    };
  });
}

function newSummary(userId: string, currentSessionId: string, at: number): ConversationSummaryRow {
  return {
    userId,
    currentSessionId,
    sessions: 0,
    resumptions: 0,
    sittings: 0,
    turns: 0,
    sessionMs: 0,
    firstActivityAt: at,
    lastActivityAt: at,
  };
}

function markActiveDay(event: FoldEvent, rows: Rows): void {
  const { userId } = event;
  const day = localDay(event.occurredAt, event.utcOffset);
  rows.evolve(activityDaysTable, [userId, day], (row) => row ?? { userId, day });
}
