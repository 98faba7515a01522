import type { Rows } from '../../database/row-store.js';
import { stemmedLanguage, type StemmedLanguage } from '../../database/stems.js';
import {
  added,
  defineTable,
  instant,
  integer,
  json,
  nullable,
  text,
  type RowIn,
} from '../../database/table.js';
import type { FoldEvent } from '../../events/event.js';
import type { MemoryType } from '../../events/memory/memory-formed.event.js';
import { takeSlot, type Order } from './memory-order.js';

/** One row per user: the number of memories by type, and the totals that ranking uses. */
export const memorySummariesTable = defineTable(
  'memory_summaries',
  {
    userId: text(),
    total: integer(),
    byType: json<Partial<Record<MemoryType, number>>>(),
    /** Number of memories by the language of their stems; the others are English to the index. */
    languages: added(json<Partial<Record<StemmedLanguage, number>>>()),
    /** Sum of the memories' termCount. */
    terms: integer(),
    /** Order time of the newest memory, ms UTC; never moves back. */
    newestAt: instant(),
    /** Where the next memory goes: see `Order`. */
    block: added(integer()),
    nextOrdinal: added(integer()),
    lastOccurredAt: added(instant()),
    /** The pinned memories, by their ids, in the order of pinning; null for none. */
    pinned: nullable(json<readonly string[]>()),
  },
  { key: ['userId'], hot: true },
);

export type MemorySummaryRow = RowIn<typeof memorySummariesTable>;

/** What is counted of a memory. */
interface Counted {
  memoryId: string;
  type: MemoryType;
  language: string | null;
  termCount: number;
  pinned: boolean | null;
}

/** How a user's memories change. */
interface Change {
  before?: Counted;
  after?: Counted;
  /** Order time of what is said now, ms UTC. */
  at?: number;
  /** Where the next memory goes, when one was formed. */
  order?: Order;
}

/** Keeps the slot of a memory that is taken back or erased: it stays free. */
export function keepSlot(event: Omit<FoldEvent, 'data'>, rows: Rows): void {
  const { order } = takeSlot(rows.get(memorySummariesTable, event.userId), event);
  rows.evolve(memorySummariesTable, [event.userId], (row) => ({
    ...(row ?? { ...NO_MEMORIES, userId: event.userId, newestAt: EARLIEST }),
    ...order,
  }));
}

/** No memory is said to be older, ms UTC. */
const EARLIEST = Date.UTC(1900, 0);
const NO_MEMORIES = { total: 0, byType: {}, languages: {}, terms: 0, pinned: null };

/** Follows a change of a user's memories. */
export function summarize(rows: Rows, userId: string, { before, after, at, order }: Change): void {
  rows.evolve(memorySummariesTable, [userId], (row) => {
    const newestAt = Math.max(row?.newestAt ?? -Infinity, at ?? row?.newestAt ?? 0);
    let summary = row ?? { ...NO_MEMORIES, userId, newestAt, ...(order as Order) };
    if (before) summary = withMemory(summary, before, -1);
    if (after) summary = withMemory(summary, after, 1);
    return { ...summary, ...order, newestAt };
  });
}

function withMemory(
  summary: MemorySummaryRow,
  { memoryId, type, language, termCount: length, pinned }: Counted,
  sign: 1 | -1,
): MemorySummaryRow {
  return {
    ...summary,
    total: summary.total + sign,
    byType: { ...summary.byType, [type]: (summary.byType[type] ?? 0) + sign },
    languages: counted(summary.languages, stemmedLanguage(language), sign),
    terms: summary.terms + sign * length,
    pinned: pinned ? withPin(summary.pinned ?? [], memoryId, sign) : summary.pinned,
  };
}

/** Counts a memory; a language without memories is left out, so that no question is stemmed for it. */
function counted(
  languages: MemorySummaryRow['languages'],
  language: StemmedLanguage | undefined,
  sign: 1 | -1,
): MemorySummaryRow['languages'] {
  if (language === undefined) return languages;
  const { [language]: before = 0, ...others } = languages;
  return before + sign === 0 ? others : { ...others, [language]: before + sign };
}

function withPin(pinned: readonly string[], memoryId: string, sign: 1 | -1): readonly string[] | null {
  if (sign === 1) return [...pinned, memoryId];
  return pinned.length === 1 ? null : pinned.filter((id) => id !== memoryId);
}
