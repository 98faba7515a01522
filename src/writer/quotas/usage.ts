import type { Rows, RowsView } from '../../database/row-store.js';
import { DAY_MS } from '../../durations.js';
import { USER_ERASED } from '../../events/erasure/user-erased.event.js';
import type { EventLog, LogHead, LogTransaction, StoredEvent } from '../../events/log/event-log.js';
import { inBatch } from '../../events/log/in-batch.js';
import { quotaUsageTable, type QuotaUsageRow } from '../../events/log/log-tables.js';
import { EVENTS_RETRACTED } from '../../events/retraction/events-retracted.event.js';
import { memorySummariesTable } from '../../projections/memory/memory-summaries.js';
import { QuotaReached } from './quota-reached.js';
import type { QuotaOf, Quotas } from './quotas.js';

/** The id of the row of the whole store; no user has it. */
export const WHOLE_STORE = '';
/** Most events that are counted in one transaction while a store is opened. */
const EVENTS_PER_TRANSACTION = 5_000;
const EVENTS_PER_READ = 1_000;
/** Commands with nothing but these are never refused: they make room, or are what a person has a right to. */
const MAKES_ROOM: ReadonlySet<string> = new Set([
  USER_ERASED,
  EVENTS_RETRACTED,
  'memory.forgotten',
  'preference.unlearned',
]);

/** The events of one user that are counted together. */
type Counted = Pick<StoredEvent, 'type' | 'userId' | 'data' | 'position' | 'hash' | 'recordedAt'>;

/**
 * Counts what users and the store have, in the transaction that writes it, and refuses what exceeds a quota.
 * The counts follow from the log: events that were written without quotas, by an import or by another
 * process are counted before the next command is decided.
 */
export class Usage {
  constructor(private readonly quotas: Quotas) {}

  /** Whether all events up to the head are counted. */
  isAt(head: LogHead, rows: RowsView): boolean {
    return isCountedTo(head, rows.get(quotaUsageTable, WHOLE_STORE));
  }

  /** Counts the events of one command after they were folded. Throws QuotaReached. */
  add(events: readonly Counted[], rows: Rows): void {
    const [first] = events;
    if (!first) return;
    count(events, rows);
    if (events.every(({ type }) => MAKES_ROOM.has(type))) return;
    this.check('user', events, rows.get(quotaUsageTable, first.userId));
    this.check('store', events, rows.get(quotaUsageTable, WHOLE_STORE));
  }

  /** Counts the events that are not counted yet. Returns false if there were none. */
  async catchUp(transaction: LogTransaction, most = Infinity): Promise<boolean> {
    let after = await countedTo(transaction);
    const end = Math.min(transaction.head.position, after + most);
    if (after === transaction.head.position) return false;
    while (after < end) {
      const events = await transaction.read({ after, upTo: end, limit: EVENTS_PER_READ });
      await inBatch(transaction, (rows) => events.forEach((event) => count([event], rows)));
      after = events.at(-1)?.position ?? end;
    }
    return true;
  }

  /** Counts all events of a store that is being opened, in transactions of some thousand events. */
  async catchUpAll(log: EventLog): Promise<void> {
    let isBehind = true;
    while (isBehind)
      isBehind = await log.transaction((transaction) => this.catchUp(transaction, EVENTS_PER_TRANSACTION));
  }

  private check(quota: QuotaOf, events: readonly Counted[], usage: QuotaUsageRow | undefined): void {
    if (!usage) return;
    const { eventsADay, memories, bytes } = this.quotas[quota];
    if (isOver(usage.events, eventsADay))
      throw QuotaReached.events(quota, eventsADay, secondsToNextDay(events));
    if (isOver(usage.memories, memories) && events.some(({ type }) => type === 'memory.formed'))
      throw QuotaReached.memories(quota, memories);
    if (isOver(usage.bytes, bytes)) throw QuotaReached.bytes(quota, bytes);
  }
}

/** Takes bytes that are erased off the counts, in the transaction that erases them. */
export function freeBytes(transaction: LogTransaction, userId: string, bytes: number): Promise<void> {
  return inBatch(transaction, (rows) => {
    for (const id of [userId, WHOLE_STORE]) {
      const usage = rows.get(quotaUsageTable, id);
      if (usage) rows.put(quotaUsageTable, { ...usage, bytes: Math.max(0, usage.bytes - bytes) });
    }
  });
}

function isOver(used: number, limit: number): boolean {
  return limit > 0 && used > limit;
}

function isCountedTo(head: LogHead, usage: QuotaUsageRow | undefined): boolean {
  return usage ? usage.position === head.position && usage.hash === head.hash : head.position === 0;
}

/** Returns the position up to which the store's row counts; it begins again if the row is of another log. */
async function countedTo(transaction: LogTransaction): Promise<number> {
  const usage = await inBatch(transaction, (rows) => rows.get(quotaUsageTable, WHOLE_STORE));
  if (!usage) return 0;
  const [last] = await transaction.read({ after: usage.position - 1, upTo: usage.position, limit: 1 });
  if (last?.hash === usage.hash) return usage.position;
  await transaction.clear(quotaUsageTable);
  return 0;
}

/** Adds events of one user, all of one day, to the user's row and the store's. */
function count(events: readonly Counted[], rows: Rows): void {
  const last = events.at(-1) as Counted;
  const { userId, position, hash } = last;
  const day = dayOf(last);
  const bytes = events.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0);
  const isErasure = last.type === USER_ERASED;
  const before = rows.get(quotaUsageTable, userId);
  const memories = isErasure ? 0 : (rows.get(memorySummariesTable, userId)?.total ?? 0);
  const add = (usage: QuotaUsageRow | undefined, more: { bytes: number; memories: number }) => ({
    position,
    hash,
    day,
    events: (usage?.day === day ? usage.events : 0) + events.length,
    bytes: (usage?.bytes ?? 0) + more.bytes,
    memories: (usage?.memories ?? 0) + more.memories,
  });
  const change = memories - (before?.memories ?? 0);
  if (isErasure) {
    if (before) rows.remove(quotaUsageTable, userId);
  } else rows.put(quotaUsageTable, { userId, ...add(before, { bytes, memories: change }) });
  const freed = isErasure ? (before?.bytes ?? 0) : 0;
  rows.evolve(quotaUsageTable, [WHOLE_STORE], (usage) => ({
    userId: WHOLE_STORE,
    ...add(usage, { bytes: bytes - freed, memories: change }),
  }));
}

function dayOf({ recordedAt }: Pick<Counted, 'recordedAt'>): number {
  return Math.floor(recordedAt / DAY_MS);
}

function secondsToNextDay(events: readonly Counted[]): number {
  const { recordedAt } = events.at(-1) as Counted;
  return Math.ceil((DAY_MS - (recordedAt % DAY_MS)) / 1_000);
}
