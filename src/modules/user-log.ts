import { Injectable } from '@nestjs/common';
import type { StoreEventOf } from '../events/event-catalog.js';
import { timeOfId } from '../events/uuid.js';
import { Reads } from '../projections/reads/reads.js';
import type { NamedObservation } from './retracting-command.js';

/** Events of a first look, which mostly has what is looked for, and of any further one. */
const FIRST_LOOK = 20;
const PAGE = 1_000;
/**
 * How much earlier than its time an id may have been recorded, ms: the clocks of processes on one database
 * differ by less.
 */
const SLACK_MS = 5_000;

type Type = 'turn.recorded' | 'emotion.observed' | 'preference.learned';

/** An event as pages of the log have it. */
export type Recorded<T extends Type> = T extends Type
  ? Omit<StoreEventOf<T>, 'occurredAt' | 'recordedAt'> & {
      occurredAt: string;
      recordedAt: string;
      /** The retraction that took it back, and its position; absent while it counts. */
      retracted?: { by: string; at: number };
    }
  : never;

/** Selects the newest events of a user. */
export interface NewestQuery<T extends Type> {
  userId: string;
  type: T;
  streamId?: string | undefined;
  /** Only events up to this position. */
  upTo: number;
  /** What is taken back as of this position is left out: a later page has the same one. */
  asOf: number;
  limit: number;
}

/** Selects the first event of a user that has an id: its own, or that of what it records. */
interface IdQuery<T extends Type> {
  userId: string;
  type: T;
  id: string;
  /** Only events up to this position. */
  upTo: number;
  has: (event: Recorded<T>) => boolean;
}

/**
 * Reads single events of a user from the log: rows know their positions, clients their ids. What was erased
 * is not there.
 */
@Injectable()
export class UserLog {
  constructor(private readonly reads: Reads) {}

  /**
   * Returns the user's events of a type at these positions, by position; they say which retraction took them
   * back by `retractedAsOf`.
   */
  async at<T extends Type>(
    userId: string,
    type: T,
    positions: readonly number[],
    retractedAsOf?: number,
  ): Promise<Map<number, Recorded<T>>> {
    const found = new Map<number, Recorded<T>>();
    if (positions.length === 0) return found;
    const upTo = Math.max(...positions);
    for (let after = Math.min(...positions) - 1; after < upTo;) {
      const limit = positions.length;
      const page = await this.page<T>({
        userId,
        types: [type],
        positions,
        after,
        upTo,
        limit,
        retractedAsOf,
      });
      for (const event of page.events) found.set(event.position, event);
      if (page.nextAfter >= page.head) break;
      after = page.nextAfter;
    }
    return found;
  }

  /** Returns the newest events first, without those that are taken back. */
  async newest<T extends Type>({ type, upTo, asOf, limit, ...of }: NewestQuery<T>): Promise<Recorded<T>[]> {
    const found: Recorded<T>[] = [];
    for (let last = upTo; found.length < limit && last > 0;) {
      const query = { ...of, types: [type], after: 0, upTo: last, newestFirst: true, retractedAsOf: asOf };
      const { events, count } = await this.page<T>({ ...query, limit: limit - found.length });
      if (count === 0) break;
      found.push(...events.filter(({ retracted }) => !retracted));
      last = (events.at(-1)?.position ?? 0) - 1;
    }
    return found;
  }

  /** Returns a turn as it counts at a position: as it was recorded last. It says if it is taken back. */
  async turn(userId: string, turnId: string, upTo: number): Promise<Recorded<'turn.recorded'> | undefined> {
    const type = 'turn.recorded';
    const has = ({ data }: Recorded<typeof type>) => data.turnId === turnId;
    let turn = await this.withId({ userId, type, id: turnId, upTo, has });
    while (turn?.retracted) {
      // What is recorded again follows in the append that takes back what was recorded before.
      const query = { userId, types: [type], after: turn.retracted.at, upTo, retractedAsOf: upTo, limit: 1 };
      const [next] = (await this.page<typeof type>(query)).events;
      if (!next || !has(next)) return turn;
      turn = next;
    }
    return turn;
  }

  /** Finds an observation by the id of its event, or by its position. */
  async observation(userId: string, id: string): Promise<NamedObservation | undefined> {
    const event = await this.observed(userId, id, Number.MAX_SAFE_INTEGER);
    return event && { eventId: event.eventId, turnId: event.data.turnId };
  }

  /** Returns that observation; it may be taken back. */
  async observed(
    userId: string,
    id: string,
    upTo: number,
  ): Promise<Recorded<'emotion.observed'> | undefined> {
    const type = 'emotion.observed';
    const position = /^\d{1,15}$/.test(id) ? Number(id) : undefined;
    if (position !== undefined)
      return (await this.at(userId, type, [Math.min(position, upTo)], upTo)).get(position);
    const has = (event: { eventId: string }) => event.eventId === id;
    return this.withId({ userId, type, id, upTo, has });
  }

  /**
   * Returns the event that has the id, undefined if there is none. Ids that the service made contain their
   * time, at which the log is looked into first: only an id that is not there costs a look at all events of
   * the user and type.
   */
  private async withId<T extends Type>(query: IdQuery<T>): Promise<Recorded<T> | undefined> {
    const made = timeOfId(query.id);
    const start = made === undefined ? 0 : (await this.reads.positionAt(made - SLACK_MS)).position;
    return (
      (await this.first(query, start, query.upTo)) ??
      (await this.first(query, 0, Math.min(start, query.upTo)))
    );
  }

  /** Returns the events of a type that follow a position in the same append, in which they were caused. */
  async following<T extends Type>(
    userId: string,
    { position, commandId }: { position: number; commandId: string },
    type: T,
  ): Promise<Recorded<T>[]> {
    const found: Recorded<T>[] = [];
    for (let after = position; ;) {
      const { events, nextAfter, head } = await this.page<T>({
        userId,
        types: [type],
        after,
        limit: FIRST_LOOK,
      });
      const same = events.filter((event) => event.commandId === commandId);
      found.push(...same);
      if (same.length < events.length || events.length === 0 || nextAfter >= head) return found;
      after = nextAfter;
    }
  }

  private async first<T extends Type>(
    { userId, type, has, upTo: retractedAsOf }: IdQuery<T>,
    start: number,
    upTo: number,
  ): Promise<Recorded<T> | undefined> {
    let limit = FIRST_LOOK;
    for (let after = start; after < upTo; limit = PAGE) {
      const query = { userId, types: [type], after, upTo, limit, retractedAsOf };
      const { events, nextAfter, head } = await this.page<T>(query);
      const found = events.find(has);
      if (found || nextAfter >= head) return found;
      after = nextAfter;
    }
    return undefined;
  }

  private async page<T extends Type>(
    query: Omit<Parameters<Reads['eventPage']>[0], 'format'>,
  ): Promise<{ events: Recorded<T>[]; count: number; nextAfter: number; head: number }> {
    const { text, events: count, ...place } = await this.reads.eventPage({ ...query, format: 'json' });
    const read = JSON.parse(`[${Buffer.from(text).toString()}]`) as Recorded<T>[];
    // What was erased has no data.
    return { events: read.filter(({ data }) => (data as object | null) !== null), count, ...place };
  }
}
