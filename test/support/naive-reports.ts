import type { StoreEvent, StoreEventOf } from '../../src/events/event-catalog.js';
import { label, labels } from '../../src/events/labels.js';
import type { MemoryType } from '../../src/events/memory/memory-formed.event.js';
import type { Bound, ResolvedQuery } from '../../src/modules/reports/query/report-query.js';
import { temporalBucket } from './temporal-buckets.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Values = Record<string, unknown>;

/** Where a report ends: its position, and when the event there was recorded, ms UTC. */
interface End {
  position: number;
  recordedAt: number;
}

/**
 * The items of a report, counted from the events one by one, without its folds, its calendar and its sums. It
 * knows no `window`, `fill` and `compare`.
 */
export function naiveItems(
  name: string,
  events: readonly StoreEvent[],
  query: ResolvedQuery,
  end: End,
): Values[] {
  const seen = new NaiveLog(events, query, end);
  if (name === 'emotions') return naiveEmotions(seen);
  if (name === 'usage') return naiveUsage(seen);
  return name === 'memories' ? naiveMemories(seen) : naiveHistogram(seen);
}

/** The events that a query may see, and the calendar of Temporal. */
class NaiveLog {
  readonly events: StoreEvent[];

  constructor(
    events: readonly StoreEvent[],
    readonly query: ResolvedQuery,
    private readonly end: End,
  ) {
    const known = events.filter(({ position }) => position <= end.position);
    const { users, joinedFrom, joinedTo } = query;
    const members = known.filter(
      (event) => event.type === 'user.registered' && this.isBetween(event, joinedFrom, joinedTo),
    );
    this.events = known.filter(
      ({ userId }) =>
        (!users || users.includes(userId)) && members.some((member) => member.userId === userId),
    );
  }

  of<T extends StoreEvent['type']>(...types: T[]): StoreEventOf<T>[] {
    return this.events.filter((event): event is StoreEventOf<T> => types.includes(event.type as T));
  }

  isIn(event: StoreEvent): boolean {
    return this.isBetween(event, this.query.from, this.query.to);
  }

  local(event: StoreEvent): number {
    const at = this.at(event);
    if (this.query.timeZone === 'event') return at + event.utcOffset * MINUTE;
    const { start, startLocal } = temporalBucket(at, {
      zone: this.query.timeZone,
      bucket: 'hour',
      weekStart: 'monday',
    });
    return Date.parse(`${startLocal}Z`) + at - start;
  }

  bucket(event: StoreEvent): Values {
    const { bucket, timeZone, weekStart, from, to } = this.query;
    if (bucket === 'all') return this.everything();
    const isLocal = timeZone === 'event';
    const place = isLocal ? { at: this.local(event), zone: 'UTC' } : { at: this.at(event), zone: timeZone };
    const { start, end, startLocal } = temporalBucket(place.at, { zone: place.zone, bucket, weekStart });
    const isCut = (bound: Bound | undefined) => {
      if (!bound) return false;
      const wide = isLocal && !bound.isLocal;
      return bound.at > start - (wide ? 14 * HOUR : 0) && bound.at < end + (wide ? 12 * HOUR : 0);
    };
    const isOver = end + (isLocal ? 12 * HOUR : 0) <= this.end.recordedAt;
    return { start, startLocal, partial: !isOver || isCut(from) || isCut(to) };
  }

  private everything(): Values {
    const { from, to, timeZone } = this.query;
    const partial = to !== undefined && to.at + (to.isLocal ? 12 * HOUR : 0) > this.end.recordedAt;
    if (!from) return { start: null, startLocal: null, partial };
    const zone = timeZone === 'event' ? 'UTC' : timeZone;
    const { start, startLocal } = temporalBucket(from.at, { zone, bucket: 'hour', weekStart: 'monday' });
    const local = new Date(Date.parse(`${startLocal}Z`) + from.at - start).toISOString().slice(0, 19);
    return { start: from.at, startLocal: local, partial };
  }

  private at({ occurredAt, recordedAt }: StoreEvent): number {
    return this.query.clock === 'occurred' ? occurredAt : recordedAt;
  }

  private isBetween(event: StoreEvent, from: Bound | undefined, to: Bound | undefined): boolean {
    const place = (bound: Bound) => (bound.isLocal ? this.local(event) : this.at(event));
    return (!from || place(from) >= from.at) && (!to || place(to) < to.at);
  }
}

/** An observation with one of its triggers, and the groups it is in. */
interface Observation {
  bucket: Values;
  group: Values;
  micros: bigint;
  emotion: string;
  trigger: string | null;
  /** One for each trigger, so that the observation itself is counted by its position. */
  position: number;
  isChosen: boolean;
}

function naiveEmotions(log: NaiveLog): Values[] {
  const { query } = log;
  const observations = log.of('emotion.observed').filter((event) => log.isIn(event));
  const all = observations.flatMap((event) => observationsOf(event, log));
  const places = new Map<string, Observation[]>();
  for (const each of all.filter(({ isChosen }) => isChosen)) {
    const key = JSON.stringify([each.bucket, each.group]);
    places.set(key, [...(places.get(key) ?? []), each]);
  }
  const totals = (bucket: Values) =>
    observations.filter((event) => JSON.stringify(log.bucket(event)) === JSON.stringify(bucket)).length;
  let items: Values[] = [...places.values()].map((same) => {
    const [{ bucket, group }] = same as [Observation];
    const count = same.length;
    const sum = same.reduce((total, { micros }) => total + micros, 0n);
    const squares = same.reduce((total, { micros }) => total + micros * micros, 0n);
    const n = BigInt(count);
    return {
      ...bucket,
      ...group,
      count,
      meanIntensity: Number(sum) / (count * 1e6),
      variance: Number(n * squares - sum * sum) / (count * count * 1e12),
      share: count / totals(bucket),
      ...association(same as [Observation, ...Observation[]], all),
    };
  });
  items = sorted(items, groupNames(query));
  if (query.top !== undefined) items = foremost(items, groupNames(query), query.top);
  items = items.filter((item) => (item.count as number) >= (query.minCount ?? 0));
  return items.map((item) => pick(item, [...BUCKET, ...groupNames(query), ...query.measures]));
}

function observationsOf(event: StoreEventOf<'emotion.observed'>, log: NaiveLog): Observation[] {
  const { query } = log;
  const emotion = label(event.data.emotion);
  const triggers = labels(event.data.triggers);
  const isChosen =
    (!query.emotions || query.emotions.includes(emotion)) &&
    (!query.triggers || triggers.some((each) => query.triggers?.includes(each)));
  const shown: (string | null)[] = query.groupBy.includes('trigger') ? [...triggers, null] : [null];
  const local = new Date(log.local(event));
  return shown.map((trigger) => ({
    bucket: log.bucket(event),
    group: pick(
      {
        emotion,
        userId: event.userId,
        trigger,
        hourOfDay: local.getUTCHours(),
        weekday: local.getUTCDay() || 7,
        sessionId: event.data.sessionId,
      },
      groupNames(query),
    ),
    micros: BigInt(Math.round(event.data.intensity * 1e6)),
    emotion,
    trigger,
    position: event.position,
    isChosen:
      isChosen &&
      (!query.groupBy.includes('trigger') ||
        (trigger !== null && (!query.triggers || query.triggers.includes(trigger)))),
  }));
}

/** Lift and NPMI among the observations of the same bucket and other groups. */
function association([pair, ...more]: [Observation, ...Observation[]], all: readonly Observation[]): Values {
  const others = ({ bucket, group }: Observation) =>
    JSON.stringify([bucket, { ...group, emotion: null, trigger: null }]);
  const same = all.filter((each) => others(each) === others(pair));
  const distinct = (some: readonly Observation[]) => new Set(some.map(({ position }) => position)).size;
  const n = distinct(same);
  const both = 1 + more.length;
  const lift =
    (both * n) /
    (distinct(same.filter(({ emotion }) => emotion === pair.emotion)) *
      distinct(same.filter(({ trigger }) => trigger === pair.trigger)));
  return { lift, npmi: both === n ? null : Math.log(lift) / -Math.log(both / n) };
}

function foremost(items: readonly Values[], names: readonly string[], top: number): Values[] {
  const key = (item: Values) => JSON.stringify(pick(item, names));
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + (item.count as number));
  const groups = sorted(
    [...counts].map(([group, count]) => ({ ...(JSON.parse(group) as Values), order: -count, group })),
    ['order', ...names],
  );
  const kept = new Set(groups.slice(0, top).map(({ group }) => group));
  return items.filter((item) => kept.has(key(item)));
}

function naiveUsage(log: NaiveLog): Values[] {
  const events = log
    .of(
      'turn.recorded',
      'session.started',
      'memory.formed',
      'memory.forgotten',
      'memory.recalled',
      'emotion.observed',
      'user.registered',
    )
    .filter((event) => log.isIn(event));
  const items = byPlace(events, (event) => log.bucket(event)).map(([bucket, same]) => {
    const count = (type: string) => same.filter((event) => event.type === type).length;
    const turns = same.filter(({ type }) => type === 'turn.recorded');
    return {
      ...bucket,
      turns: turns.length,
      sessions: count('session.started'),
      memoriesFormed: count('memory.formed'),
      memoriesForgotten: count('memory.forgotten'),
      recalls: count('memory.recalled'),
      emotions: count('emotion.observed'),
      activeUsers: new Set(turns.map(({ userId }) => userId)).size,
      newUsers: count('user.registered'),
    };
  });
  return sorted(items, []).map((item) => pick(item, [...BUCKET, ...log.query.measures]));
}

function naiveMemories(log: NaiveLog): Values[] {
  const imported = log.of('memory.recalls-imported');
  const events = log.of('memory.formed', 'memory.revised', 'memory.forgotten', 'memory.recalled');
  const happened: { place: Values; count: string }[] = [];
  const add = (event: StoreEvent, type: string, count: string) => {
    const group = pick(
      { type, userId: event.userId },
      log.query.groupBy.map((name) => MEMORY_GROUPS[name] ?? ''),
    );
    if (log.isIn(event)) happened.push({ place: { ...log.bucket(event), ...group }, count });
  };
  for (const event of events) {
    if (event.type === 'memory.recalled') {
      for (const memoryId of event.data.memoryIds) add(event, typeThen(events, event, memoryId), 'recalled');
      continue;
    }
    add(event, typeThen(events, event, event.data.memoryId), event.type.replace('memory.', ''));
    if (event.type !== 'memory.formed') continue;
    const { memoryId, type } = event.data;
    const isRecalled = [...events, ...imported].some(
      (each) =>
        each.userId === event.userId &&
        (each.type === 'memory.recalled'
          ? each.data.memoryIds.includes(memoryId)
          : each.type === 'memory.recalls-imported' && each.data.memoryId === memoryId),
    );
    if (!isRecalled) add(event, type, 'neverRecalled');
  }
  const items = byPlace(happened, ({ place }) => place).map(([place, same]) => {
    const count = (name: string) => same.filter((each) => each.count === name).length;
    return {
      ...place,
      ...Object.fromEntries(
        ['formed', 'revised', 'forgotten', 'recalled', 'neverRecalled'].map((name) => [name, count(name)]),
      ),
    };
  });
  const names = log.query.groupBy.map((name) => MEMORY_GROUPS[name] ?? '');
  return sorted(items, names).map((item) => pick(item, [...BUCKET, ...names, ...log.query.measures]));
}

const MEMORY_GROUPS: Record<string, string> = { type: 'type', user: 'userId' };

/** The type of a memory after an event. */
function typeThen(events: readonly StoreEvent[], { userId, position }: StoreEvent, memoryId: string): string {
  let type: MemoryType | undefined;
  for (const event of events) {
    if (event.userId !== userId || event.position > position) continue;
    if (event.type === 'memory.formed' && event.data.memoryId === memoryId) type = event.data.type;
    if (event.type === 'memory.revised' && event.data.memoryId === memoryId)
      type = (event.data.changes.type?.to as MemoryType | undefined) ?? type;
  }
  return String(type);
}

function naiveHistogram(log: NaiveLog): Values[] {
  const types = log.query.own.types as string[] | undefined;
  const events = log.events.filter((event) => log.isIn(event) && (!types || types.includes(event.type)));
  const items = byPlace(events, (event) => ({ ...log.bucket(event), type: event.type })).map(
    ([place, same]) => ({
      ...place,
      count: same.length,
    }),
  );
  return sorted(items, ['type']).map((item) => pick(item, [...BUCKET, 'type', ...log.query.measures]));
}

const BUCKET = ['start', 'startLocal', 'partial'];

function groupNames({ groupBy }: ResolvedQuery): string[] {
  const names: Record<string, string[]> = { user: ['userId'], session: ['userId', 'sessionId'] };
  return [...new Set(groupBy.flatMap((name) => names[name] ?? [name]))];
}

function byPlace<T>(all: readonly T[], placeOf: (each: T) => Values): [Values, T[]][] {
  const places = new Map<string, [Values, T[]]>();
  for (const each of all) {
    const place = placeOf(each);
    const key = JSON.stringify(place);
    const known = places.get(key) ?? [place, []];
    places.set(key, [place, [...known[1], each]]);
  }
  return [...places.values()];
}

function sorted<T extends Values>(items: readonly T[], names: readonly string[]): T[] {
  return items.toSorted((a, b) => {
    for (const name of ['start', 'startLocal', ...names]) {
      const [left, right] = [a[name], b[name]] as [string | number | null, string | number | null];
      if (left === right || left === undefined) continue;
      if (left === null || right === null) return left === null ? -1 : 1;
      return left < right ? -1 : 1;
    }
    return 0;
  });
}

function pick(item: Values, names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, item[name]]));
}
