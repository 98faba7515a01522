import { NotFound } from '../../src/errors.js';
import type { StoreEvent, StoreEventOf } from '../../src/events/event-catalog.js';
import { MEMORY_TYPES } from '../../src/events/memory/memory-formed.event.js';
import {
  GetConversation,
  GetConversationHandler,
} from '../../src/modules/conversation/queries/get-conversation.query.js';
import {
  ListSessions,
  ListSessionsHandler,
} from '../../src/modules/conversation/queries/list-sessions.query.js';
import {
  GetEmotionTrend,
  GetEmotionTrendHandler,
} from '../../src/modules/emotion/queries/get-emotion-trend.query.js';
import { ListEmotions, ListEmotionsHandler } from '../../src/modules/emotion/queries/list-emotions.query.js';
import { ListMemories, ListMemoriesHandler } from '../../src/modules/memory/queries/list-memories.query.js';
import { GetProfile, GetProfileHandler } from '../../src/modules/profile/queries/get-profile.query.js';
import { NO_QUOTAS } from '../../src/modules/quota-usage.js';
import { GetStats, GetStatsHandler } from '../../src/modules/stats/get-stats.query.js';
import { DEFAULT_PROFILE } from '../../src/projections/current-profile.projection.js';
import type { Reads } from '../../src/projections/reads/reads.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A UTC offset that is no whole hour, in minutes. */
const INDIA_OFFSET = 330;

/** The answers of the service about a user, from its rows. */
export async function serviceAnswers(reads: Reads, userId: string): Promise<object> {
  const trend = async (query: GetEmotionTrend['query']) => {
    const { items } = await new GetEmotionTrendHandler(reads).execute(new GetEmotionTrend(userId, query));
    return items.map(({ start, ...rest }) => (query.utcOffset === undefined ? rest : { start, ...rest }));
  };
  const conversation = (sessionId?: string) =>
    new GetConversationHandler(reads).execute(new GetConversation(userId, sessionId));
  const sessions = await new ListSessionsHandler(reads).execute(new ListSessions(userId, { limit: 200 }));
  const { items } = await new ListEmotionsHandler(reads).execute(new ListEmotions(userId));
  return rounded({
    profile: await unlessUnknown(new GetProfileHandler(reads).execute(new GetProfile(userId))),
    stats: await unlessUnknown(new GetStatsHandler(reads, NO_QUOTAS).execute(new GetStats(userId))),
    memories: (await new ListMemoriesHandler(reads).execute(new ListMemories(userId, { limit: 200 }))).items,
    emotions: items.map(({ trend: _trend, intensityTrend: _intensityTrend, ...emotion }) => emotion),
    hours: await trend({ bucket: 'hour', utcOffset: 0 }),
    days: await trend({ bucket: 'day', utcOffset: INDIA_OFFSET }),
    ownDays: await trend({ bucket: 'day' }),
    current: (await unlessUnknown(conversation()))?.sessionId,
    conversations: await Promise.all(
      sessions.items.map(async ({ sessionId }) => {
        const { topics, ...rest } = await conversation(sessionId);
        return { ...rest, topics: topics.toSorted() };
      }),
    ),
  });
}

/**
 * The same answers without folds: each figure is computed from all of the user's events at once; `now` is
 * when the last event of all users was recorded.
 */
export function naiveAnswers(userId: string, events: readonly StoreEvent[], now: number): object {
  const allTurns = ofType(events, 'turn.recorded');
  // A session begins with its first turn; it stays begun when that is taken back.
  const starts = ofType(events, 'session.started');
  const said = [...starts, ...allTurns].toSorted((a, b) => a.position - b.position);
  const bySession = Map.groupBy(said, ({ data }) => data.sessionId);
  // Where the start itself was taken back, a session begins with the turn after it.
  const begunByTurns = [...bySession.values()].filter(([first]) => first?.type === 'turn.recorded').length;
  const conversations = [...bySession.values()]
    .map((ofSession) => conversationOf(userId, ofSession, events))
    .toSorted((a, b) => b.openedAt - a.openedAt || byText(b.sessionId, a.sessionId));
  const sittings = sum(conversations.map((each) => each.sittings));
  const averageSessionMinutes = sum(conversations.map(({ minutes }) => minutes)) / Math.max(1, sittings);
  const memories = memoriesOf(events).filter(
    ({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > now,
  );
  return rounded({
    profile: profileOf(userId, events, {
      conversations: starts.length + begunByTurns,
      turns: allTurns.length,
      averageSessionMinutes,
    }),
    stats:
      events.length === 0
        ? undefined
        : {
            userId,
            memories: {
              total: memories.length,
              byType: Object.fromEntries(
                MEMORY_TYPES.map((type) => [type, memories.filter((memory) => memory.type === type).length]),
              ),
            },
            turns: allTurns.length,
            sessions: conversations.length,
            emotions:
              ofType(events, 'emotion.observed').length +
              sum([...importsOf(events).values()].map(({ data }) => data.frequency)),
            ...activityOf(
              [...allTurns, ...ofType(events, 'emotion.observed')],
              [...importsOf(events).values(), ...starts],
              begunBefore(said, events),
            ),
            averageSessionMinutes,
            usage: null,
          },
    memories,
    emotions: emotionsOf(events),
    hours: bucketsOf(events, HOUR, 0),
    days: bucketsOf(events, DAY, INDIA_OFFSET),
    ownDays: ownDaysOf(events),
    current: newest(said, 1)[0]?.data.sessionId,
    conversations: conversations.map(
      ({ openedAt: _openedAt, minutes: _minutes, sittings: _sittings, ...shown }) => shown,
    ),
  });
}

type Said = StoreEventOf<'session.started' | 'turn.recorded'>;

function conversationOf(userId: string, said: Said[], events: readonly StoreEvent[]) {
  const [first] = said as [Said];
  const turns = ofType(said, 'turn.recorded');
  const { sessionId } = first.data;
  const ofSession = events.filter(({ data }) => 'sessionId' in data && data.sessionId === sessionId);
  const lastStart = ofType(ofSession, 'session.started').at(-1)?.position ?? 0;
  const isEnded = ofType(ofSession, 'session.ended').some(({ position }) => position > lastStart);
  const trajectory = trajectoryOf(ofSession);
  const topics = [...turns, ...ofType(ofSession, 'conversation.window-imported')].flatMap(
    ({ data }) => data.topics,
  );
  return {
    userId,
    sessionId,
    turns: newest(turns, 10).map(({ data, occurredAt }) => ({
      turnId: data.turnId,
      userMessage: data.userMessage,
      assistantMessage: data.assistantMessage,
      emotion: data.emotion,
      occurredAt: iso(occurredAt),
    })),
    topics: [...new Set(topics)].toSorted(),
    emotionTrajectory: trajectory.map(({ at, ...felt }) => ({ ...felt, occurredAt: iso(at) })),
    currentEmotion: trajectory.at(-1)?.emotion ?? null,
    startedAt: iso(Math.min(earliest(said), ...begunBefore(said, events))),
    lastActivityAt: iso(latest(said)),
    ended: isEnded,
    turnCount: turns.length,
    openedAt: timeOf(first),
    ...sittingsOf(said, ofType(ofSession, 'session.ended')),
  };
}

/** When sessions began, as imports of the windows that these turns had opened say. */
function begunBefore(turns: readonly Said[], events: readonly StoreEvent[]): number[] {
  const isOpened = ({ position, data }: StoreEventOf<'conversation.window-imported'>) =>
    turns.some((turn) => turn.position < position && turn.data.sessionId === data.sessionId);
  return ofType(events, 'conversation.window-imported')
    .filter(isOpened)
    .flatMap(({ recordedAt, data: { startedAt } }) =>
      startedAt === undefined ? [] : Math.min(startedAt, recordedAt),
    );
}

/** The last 20 emotions of a session; an import replaces the emotions of the one before. */
function trajectoryOf(ofSession: readonly StoreEvent[]) {
  let felt: { emotion: string; intensity: number | null; at: number }[] = [];
  const last = (all: typeof felt) => all.toSorted((a, b) => a.at - b.at).slice(-20);
  for (const event of ofSession) {
    const at = timeOf(event);
    if (event.type === 'emotion.observed')
      felt = last([...felt, { emotion: event.data.emotion, intensity: event.data.intensity, at }]);
    if (event.type !== 'conversation.window-imported') continue;
    const imported = event.data.emotions.map((emotion) => ({ emotion, intensity: null, at }));
    felt = last([...imported, ...felt.filter(({ intensity }) => intensity !== null)]);
  }
  return felt;
}

/** The last import of each emotion. */
function importsOf(events: readonly StoreEvent[]) {
  return new Map(ofType(events, 'emotion.pattern-imported').map((event) => [event.data.emotion, event]));
}

/** The number of sittings, which a pause of over 30 minutes or an end divides, and their minutes. */
function sittingsOf(
  turns: readonly Said[],
  ended: readonly StoreEventOf<'session.ended'>[],
): { sittings: number; minutes: number } {
  const ends = ended.map((end) => {
    const [last] = newest(
      turns.filter(({ position }) => position < end.position),
      1,
    );
    return last ? timeOf(last) + end.recordedAt - last.recordedAt : -Infinity;
  });
  const times = newest(turns, Infinity).map(timeOf);
  const pauses = times.slice(1).map((time, i) => {
    const before = times[i] as number;
    const divides = time - before > 30 * 60_000 || ends.some((end) => before < end && end <= time);
    return divides ? undefined : time - before;
  });
  const within = pauses.filter((pause) => pause !== undefined);
  return { sittings: 1 + pauses.length - within.length, minutes: sum(within) / 60_000 };
}

function activityOf(
  active: readonly StoreEvent[],
  imports: readonly StoreEvent[],
  begun: readonly number[],
): object {
  const all = [...active, ...imports];
  if (all.length === 0) return { firstActivityAt: null, lastActivityAt: null, streakDays: 0 };
  const range = { firstActivityAt: iso(Math.min(earliest(all), ...begun)), lastActivityAt: iso(latest(all)) };
  if (active.length === 0) return { ...range, streakDays: 0 };
  const days = new Set(active.map((event) => startOf(event, DAY, event.utcOffset)));
  const last = Math.max(...days);
  let streakDays = 1;
  while (days.has(last - streakDays * DAY)) streakDays += 1;
  return { ...range, streakDays };
}

function memoriesOf(events: readonly StoreEvent[]) {
  const gone = new Set(ofType(events, 'memory.forgotten').map(({ data }) => data.memoryId));
  const remembered = ofType(events, 'memory.formed').filter(({ data }) => !gone.has(data.memoryId));
  const known = new Set(remembered.map(({ data }) => data.memoryId));
  const pairs = contradictionsOf(events);
  const memories = remembered.map(({ data, occurredAt, recordedAt, position, version }) => {
    const { memoryId } = data;
    const later = events.filter(
      (event) =>
        (event.type === 'memory.revised' || event.type === 'memory.confirmed') &&
        event.data.memoryId === memoryId,
    );
    const changes = later.flatMap((event) =>
      event.type === 'memory.revised'
        ? Object.entries(event.data.changes)
        : Object.entries({ confidence: (event as StoreEventOf<'memory.confirmed'>).data.confidence }),
    );
    const recalls = ofType(events, 'memory.recalled').filter((event) =>
      event.data.memoryIds.includes(memoryId),
    );
    const former = ofType(events, 'memory.recalls-imported').find(
      (event) => event.data.memoryId === memoryId,
    );
    const last = newest(recalls, 1)[0] ?? former;
    const { supersedes, ...fields } = {
      supersedes: [] as string[],
      sessionId: null,
      turnId: null,
      language: null,
      pinned: false,
      expiresAt: null as string | null,
      ...data,
      ...(Object.fromEntries(changes.map(([field, { to }]) => [field, to])) as Partial<typeof data>),
    };
    return {
      ...fields,
      supersedes: [...new Set(supersedes)].filter((id) => known.has(id)).toSorted(),
      contradicts: [...pairs]
        .flatMap((pair) => (pair.split(' ').includes(memoryId) ? pair.split(' ') : []))
        .filter((id) => id !== memoryId)
        .toSorted(),
      recallCount: recalls.length + (former?.data.count ?? 0),
      lastRecalledAt: last ? iso(timeOf(last)) : null,
      occurredAt: iso(occurredAt),
      createdAt: iso(recordedAt),
      updatedAt: iso(later.at(-1)?.recordedAt ?? recordedAt),
      version: later.at(-1)?.version ?? version,
      sorted: [fields.pinned ? 1 : 0, occurredAt, position] as const,
    };
  });
  const successors = new Map(memories.flatMap((by) => by.supersedes.map((id) => [id, by.memoryId])));
  return memories
    .toSorted((a, b) => b.sorted[0] - a.sorted[0] || b.sorted[1] - a.sorted[1] || b.sorted[2] - a.sorted[2])
    .map(({ sorted: _sorted, ...memory }) => ({
      ...memory,
      supersededBy: successors.get(memory.memoryId) ?? null,
    }));
}

/** The pairs of memories that contradict each other, as `a b` with a before b. */
function contradictionsOf(events: readonly StoreEvent[]): Set<string> {
  const pairs = new Set<string>();
  const leave = (id: string): void => {
    for (const pair of pairs) if (pair.split(' ').includes(id)) pairs.delete(pair);
  };
  const known = new Set<string>();
  for (const event of events) {
    if (event.type === 'memory.formed') known.add(event.data.memoryId);
    if (event.type === 'memory.forgotten') known.delete(event.data.memoryId);
    if (event.type === 'memory.forgotten') leave(event.data.memoryId);
    const others =
      event.type === 'memory.formed'
        ? event.data.contradicts
        : event.type === 'memory.revised' && (event.data.changes['contradicts']?.to as string[] | undefined);
    if (!others || !('memoryId' in event.data)) continue;
    const { memoryId } = event.data;
    leave(memoryId);
    for (const other of others) if (known.has(other)) pairs.add([memoryId, other].toSorted().join(' '));
  }
  return pairs;
}

function emotionsOf(events: readonly StoreEvent[]): object[] {
  const groups = Map.groupBy(ofType(events, 'emotion.observed'), ({ data }) => data.emotion);
  const imports = importsOf(events);
  return [...new Set([...groups.keys(), ...imports.keys()])]
    .map((emotion) => {
      const same = groups.get(emotion) ?? [];
      const imported = imports.get(emotion);
      const { frequency = 0, meanIntensity = 0, hours = [] } = imported?.data ?? {};
      const strengths = same.map(({ data }) => data.intensity);
      const mean = same.length === 0 ? 0 : sum(strengths) / same.length;
      const all = imported ? [...same, imported] : same;
      const triggers = Map.groupBy(
        same.flatMap(({ data }) => data.triggers),
        (trigger) => trigger,
      );
      return {
        emotion,
        frequency: same.length + frequency,
        meanIntensity: (sum(strengths) + frequency * meanIntensity) / (same.length + frequency),
        variance: sum(strengths.map((strength) => (strength - mean) ** 2)) / Math.max(1, same.length),
        triggers: [...triggers]
          .map(([trigger, { length }]) => ({ trigger, count: length }))
          .toSorted((a, b) => b.count - a.count || byText(a.trigger, b.trigger)),
        triggerCount: triggers.size,
        hours: Array.from(
          { length: 24 },
          (_, hour) => same.filter((event) => hourOf(event) === hour).length + (hours[hour] ?? 0),
        ),
        firstAt: iso(earliest(all)),
        lastAt: iso(latest(all)),
        ...(imported && { imported: importedOf(imported) }),
      };
    })
    .toSorted((a, b) => b.frequency - a.frequency || byText(a.emotion, b.emotion));
}

function importedOf(event: StoreEventOf<'emotion.pattern-imported'>): object {
  const { emotion: _emotion, ...sums } = event.data;
  return { ...sums, lastAt: iso(timeOf(event)) };
}

function bucketsOf(events: readonly StoreEvent[], width: number, utcOffset: number): object[] {
  const groups = Map.groupBy(
    ofType(events, 'emotion.observed'),
    (event) => `${iso(startOf(event, width, utcOffset) - utcOffset * 60_000)} ${event.data.emotion}`,
  );
  return [...groups]
    .toSorted(([a], [b]) => byText(a, b))
    .map(([bucket, same]) => {
      const start = bucket.slice(0, bucket.indexOf(' '));
      return { start, startLocal: localText(Date.parse(start) + utcOffset * 60_000), ...summed(same) };
    });
}

/** The user's days, at the recorded local times. */
function ownDaysOf(events: readonly StoreEvent[]): object[] {
  const groups = Map.groupBy(
    ofType(events, 'emotion.observed'),
    (event) => `${localText(startOf(event, DAY, event.utcOffset))} ${event.data.emotion}`,
  );
  return [...groups]
    .toSorted(([a], [b]) => byText(a, b))
    .map(([bucket, same]) => ({ startLocal: bucket.slice(0, bucket.indexOf(' ')), ...summed(same) }));
}

function summed(same: readonly StoreEventOf<'emotion.observed'>[]): object {
  return {
    emotion: same[0]?.data.emotion,
    count: same.length,
    meanIntensity: sum(same.map(({ data }) => data.intensity)) / same.length,
  };
}

function localText(local: number): string {
  return iso(local).slice(0, 19);
}

const PROFILE_EVENTS = new Set([
  'user.registered',
  'profile.changed',
  'preference.learned',
  'preference.unlearned',
  'events.retracted',
  'events.restored',
]);

function changesOf(event: StoreEvent): Record<string, { to: unknown }> {
  if (event.type === 'profile.changed') return event.data.changes;
  if (event.type !== 'preference.learned' && event.type !== 'preference.unlearned') return {};
  const { field, to } = event.data;
  return field === undefined ? {} : { [field]: { to } };
}

function profileOf(
  userId: string,
  events: readonly StoreEvent[],
  counted: { conversations: number; turns: number; averageSessionMinutes: number },
): object | undefined {
  const own = events.filter(({ type }) => PROFILE_EVENTS.has(type));
  const [first] = own;
  if (!first) return undefined;
  const profile: Record<string, unknown> = { ...DEFAULT_PROFILE, voice: { ...DEFAULT_PROFILE.voice } };
  for (const event of own) {
    for (const [field, { to }] of Object.entries(changesOf(event))) {
      const [outer = '', inner] = field.split('.');
      if (inner === undefined) profile[outer] = to;
      else (profile[outer] as Record<string, unknown>)[inner] = to;
    }
  }
  return {
    ...profile,
    userId,
    totalConversations: counted.conversations,
    totalMessages: counted.turns,
    avgSessionMinutes: counted.averageSessionMinutes,
    createdAt: iso(first.recordedAt),
    updatedAt: iso(own.at(-1)?.recordedAt ?? 0),
    version: own.at(-1)?.version,
  };
}

function ofType<T extends StoreEvent['type']>(events: readonly StoreEvent[], type: T): StoreEventOf<T>[] {
  return events.filter((event): event is StoreEventOf<T> => event.type === type);
}

/** The last events by the time that orders them, in ascending order; equal times are ordered by position. */
function newest<E extends StoreEvent>(events: readonly E[], count: number): E[] {
  return events.toSorted((a, b) => timeOf(a) - timeOf(b) || a.position - b.position).slice(-count);
}

/** When the event happened, but not later than it was recorded. */
function timeOf({ occurredAt, recordedAt }: StoreEvent): number {
  return Math.min(occurredAt, recordedAt);
}

function earliest(events: readonly StoreEvent[]): number {
  return Math.min(...events.map(timeOf));
}

function latest(events: readonly StoreEvent[]): number {
  return Math.max(...events.map(timeOf));
}

/** The start of the event's hour or day on a clock with this offset. */
function startOf({ occurredAt }: StoreEvent, width: number, utcOffset: number): number {
  return Math.floor((occurredAt + utcOffset * 60_000) / width) * width;
}

async function unlessUnknown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

function hourOf({ occurredAt, utcOffset }: StoreEvent): number {
  return new Date(occurredAt + utcOffset * 60_000).getUTCHours();
}

function roundNumber(_key: string, part: unknown): unknown {
  return typeof part === 'number' ? Math.round(part * 1e9) / 1e9 + 0 : part;
}

/** Rounds numbers: sums in a different order may differ in the last digits. */
function rounded(value: object): object {
  return JSON.parse(JSON.stringify(value, roundNumber)) as object;
}

function byText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
