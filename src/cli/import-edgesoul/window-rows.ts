import { ID_PATTERN } from '../../validation/fields.js';
import { idInPlaceOf, keyOf, userIdOf, type ImportCommand } from './import-command.js';
import { timeText, type SourceTime } from './source-clock.js';
import type { SourceRow } from './source-row.js';

const MAX_MESSAGE = 64_000;
const MAX_TOPICS = 50;
const MAX_EMOTIONS = 50;

/** A pair of messages, as the original kept the last ten. */
interface Pair {
  user: string;
  assistant: string;
  emotion: string | undefined;
  at: SourceTime | undefined;
}

/**
 * Records the pairs as turns, without their emotions: how strong these were is not known, and the patterns
 * count them already. They are kept with the topics, of which is not known either when they were mentioned,
 * and with the time at which the session began: the original wrote it once, with the id of the session.
 */
export function windowCommands(row: SourceRow): ImportCommand[] {
  const userId = userIdOf(row.id('user_id'));
  const sessionId = sessionIdOf(row, userId);
  const last = row.local('last_activity');
  if (last && last.utcOffset !== 0) row.repair('local time');
  const pairs = row.list('messages').flatMap((message) => pairOf(message, row) ?? []);
  const window = {
    topics: row.texts('topics', MAX_TOPICS, 128),
    emotions: emotionsOf(row, pairs),
    ...(last && { lastActivityAt: timeText(last) }),
    ...beginning(row, pairs, last),
  };
  const turns = pairs.map(({ user, assistant, at = last }): ImportCommand => ({
    command: 'RecordTurn',
    userId,
    idempotencyKey: keyOf('turn', userId, sessionId, user, assistant, at),
    sessionId,
    userMessage: user,
    assistantMessage: assistant,
    ...(at && { occurredAt: timeText(at) }),
  }));
  if (window.topics.length + window.emotions.length === 0 && !window.startedAt) return turns;
  const idempotencyKey = keyOf('window', userId, sessionId, window);
  return [...turns, { command: 'ImportWindow', userId, idempotencyKey, sessionId, ...window }];
}

/** When the session began; a time after what was said in it cannot be true. */
function beginning(
  row: SourceRow,
  pairs: readonly Pair[],
  last: SourceTime | undefined,
): { startedAt?: string } {
  const started = row.local('started_at');
  if (!started) return {};
  const known = [last, ...pairs.map(({ at }) => at)].flatMap((time) => time?.at ?? []);
  if (known.every((at) => started.at <= at)) return { startedAt: timeText(started) };
  row.repair('time');
  return {};
}

function sessionIdOf(row: SourceRow, userId: string): string {
  const id = row.id('session_id') ?? userId;
  if (ID_PATTERN.test(id)) return id;
  row.repair('id');
  return idInPlaceOf(userId, id);
}

function pairOf(message: unknown, row: SourceRow): Pair | undefined {
  if (typeof message !== 'object' || message === null) return row.repair('message');
  const { user, assistant, emotion, timestamp } = message as Record<string, unknown>;
  const pair = {
    user: typeof user === 'string' ? row.storable(user, MAX_MESSAGE) : '',
    assistant: typeof assistant === 'string' ? row.storable(assistant, MAX_MESSAGE) : '',
    emotion: labelOf(emotion),
    at: typeof timestamp === 'string' ? row.clock.local(timestamp) : undefined,
  };
  if (pair.at === undefined) row.repair('time');
  return pair.user === '' && pair.assistant === '' ? row.repair('message') : pair;
}

function emotionsOf(row: SourceRow, pairs: readonly Pair[]): string[] {
  const shown = row.list('emotion_trajectory').flatMap((emotion) => labelOf(emotion) ?? []);
  const emotions = shown.length > 0 ? shown : pairs.flatMap(({ emotion }) => emotion ?? []);
  const current = labelOf(row.id('current_emotion'));
  if (current !== undefined && emotions.at(-1) !== current) emotions.push(current);
  return emotions.slice(-MAX_EMOTIONS).map((emotion) => row.storable(emotion, 64));
}

/** A label, also of an object that has one. */
function labelOf(value: unknown): string | undefined {
  const name = typeof value === 'object' && value !== null && 'emotion' in value ? value.emotion : value;
  return typeof name === 'string' && name.trim() !== '' ? name : undefined;
}
