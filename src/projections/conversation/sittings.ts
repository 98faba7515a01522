import type { Rows } from '../../database/row-store.js';
import { defineTable, integer, json, text } from '../../database/table.js';
import { DAY_MS, MINUTE_MS } from '../../durations.js';

/** Most sittings of a session that begin on one day; beyond, the first two are joined. */
const MAX_PER_DAY = 100;

/**
 * Turns of one session without a longer pause and without an end in between: the first and the last of them,
 * and when the session was ended after them, ms UTC.
 */
export type Sitting = readonly [first: number, last: number, endedAt?: number];

/**
 * The sittings of a session except for the newest one, which its row holds, by the UTC day of their first
 * turn. A turn that arrives late finds its neighbours here.
 */
export const sittingsTable = defineTable(
  'conversation_sittings',
  { userId: text(), sessionId: text(), day: integer(), sittings: json<readonly Sitting[]>() },
  { key: ['userId', 'sessionId', 'day'] },
);

/** Before the first sitting. */
const NONE: Sitting = [-Infinity, -Infinity];

interface Session {
  userId: string;
  sessionId: string;
}

/** What a turn changed. */
export interface AddedTurn {
  newest: Sitting;
  /** The active time that it added to the session, ms. */
  addedMs: number;
  /** 1 if it began a sitting, -1 if it joined two. */
  addedSittings: number;
}

/**
 * Adds a turn to the sittings of a session: the newest and the older ones. The order in which turns are added
 * does not matter.
 */
export function addTurn(older: OlderSittings, newest: Sitting, at: number): AddedTurn {
  const [first, last] = newest;
  if (at < first) return addLateTurn(older, newest, at);
  if (at <= last) return unchanged(newest);
  if (at - last > older.longestPauseMs) {
    older.add(newest);
    return { newest: [at, at], addedMs: 0, addedSittings: 1 };
  }
  if (at - first <= older.longestSittingMs)
    return { newest: [first, at], addedMs: at - last, addedSittings: 0 };
  older.add(newest);
  return { newest: [last, at], addedMs: at - last, addedSittings: 0 };
}

function addLateTurn(older: OlderSittings, newest: Sitting, at: number): AddedTurn {
  const before = older.lastFrom(at) ?? NONE;
  if (at <= before[1]) return unchanged(newest);
  const after = older.firstAfter(at) ?? newest;
  // If the session was ended between the two sittings, the turn was on one side of the end.
  const wasBeforeEnd = isBeforeEnd(before, at);
  const isContinued = after[0] - at <= older.longestPauseMs && !wasBeforeEnd;
  if (older.continues(before, at)) {
    const last = isContinued ? after[0] : at;
    older.extend(before, last);
    return { newest, addedMs: last - before[1], addedSittings: isContinued ? -1 : 0 };
  }
  if (isContinued) return beginEarlier(older, newest, after, at);
  const [first, last, ...endedAt] = before;
  if (wasBeforeEnd) older.replace(before, [first, last]);
  older.add(wasBeforeEnd ? [at, at, ...endedAt] : [at, at]);
  return { newest, addedMs: 0, addedSittings: 1 };
}

/** Whether the session was ended after the sitting, and after the time. */
function isBeforeEnd([, , endedAt]: Sitting, at: number): boolean {
  return endedAt !== undefined && at < endedAt;
}

function beginEarlier(older: OlderSittings, newest: Sitting, after: Sitting, at: number): AddedTurn {
  const added = { addedMs: after[0] - at, addedSittings: 0 };
  if (after === newest && newest[1] - at <= older.longestSittingMs)
    return { newest: [at, newest[1]], ...added };
  older.beginEarlier(after, at);
  return { newest, ...added };
}

function unchanged(newest: Sitting): AddedTurn {
  return { newest, addedMs: 0, addedSittings: 0 };
}

/** The sittings of a session that its row does not hold, and the rule that divides them. */
export class OlderSittings {
  /** A longer pause between two turns is no part of the conversation, ms. */
  readonly longestPauseMs: number;
  /**
   * A longer sitting is kept as several that touch, so that the one before any time began at most a day ago,
   * ms.
   */
  readonly longestSittingMs: number;

  constructor(
    private readonly rows: Rows,
    private readonly session: Session,
    pauseMinutes: number,
  ) {
    this.longestPauseMs = pauseMinutes * MINUTE_MS;
    this.longestSittingMs = DAY_MS - this.longestPauseMs;
  }

  /** Whether a turn after the sitting belongs to it. */
  continues([, last, endedAt]: Sitting, at: number): boolean {
    return at - last <= this.longestPauseMs && (endedAt === undefined || at < endedAt);
  }

  /** Returns the last sitting that began at that time or up to a day before. */
  lastFrom(at: number): Sitting | undefined {
    const began = ([first]: Sitting): boolean => first <= at;
    // Both rows are asked for at once: a missing one is loaded, which decides the batch again.
    const [today, yesterday] = [this.of(dayOf(at)), this.of(dayOf(at) - 1)];
    return today.findLast(began) ?? yesterday.findLast(began);
  }

  /** Returns the first sitting that began after that time, within the longest pause. */
  firstAfter(at: number): Sitting | undefined {
    const soon = this.of(dayOf(at + this.longestPauseMs));
    return [...this.of(dayOf(at)), ...soon].find(([first]) => first > at);
  }

  add(sitting: Sitting): void {
    const day = dayOf(sitting[0]);
    this.put(day, [...this.of(day), sitting]);
  }

  replace(sitting: Sitting, by: Sitting): void {
    const day = dayOf(sitting[0]);
    this.put(
      day,
      this.of(day).map((each) => (each === sitting ? by : each)),
    );
  }

  /** Lets the sitting last until a later turn. */
  extend(sitting: Sitting, last: number): void {
    const [first, before, ...endedAt] = sitting;
    if (last - first <= this.longestSittingMs) {
      this.replace(sitting, [first, last, ...endedAt]);
      return;
    }
    this.replace(sitting, [first, before]);
    this.add([before, last, ...endedAt]);
  }

  /** Lets the sitting begin with an earlier turn. */
  beginEarlier(sitting: Sitting, at: number): void {
    const [first, last, ...endedAt] = sitting;
    const isKept = this.of(dayOf(at)).includes(sitting);
    if (isKept && last - at <= this.longestSittingMs) this.replace(sitting, [at, last, ...endedAt]);
    else this.add([at, first]);
  }

  private of(day: number): readonly Sitting[] {
    const { userId, sessionId } = this.session;
    return this.rows.get(sittingsTable, userId, sessionId, day)?.sittings ?? [];
  }

  private put(day: number, sittings: readonly Sitting[]): void {
    const { userId, sessionId } = this.session;
    const sorted = sittings.toSorted((a, b) => a[0] - b[0]);
    const [one, two, ...others] = sorted;
    const isFull = one && two && sorted.length > MAX_PER_DAY;
    const kept = isFull ? [[one[0], ...two.slice(1)] as unknown as Sitting, ...others] : sorted;
    this.rows.put(sittingsTable, { userId, sessionId, day, sittings: kept });
  }
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}
