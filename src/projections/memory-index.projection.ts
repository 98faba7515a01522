import { terms } from '../database/full-text.js';
import type { Rows } from '../database/row-store.js';
import {
  added,
  defineTable,
  instant,
  integer,
  json,
  nullable,
  real,
  text,
  type RowIn,
} from '../database/table.js';
import type { MemoryType } from '../events/memory/memory-formed.event.js';
import { indexIdOf, slotOf, takeSlot, type Order } from './memory-order.js';
import { furtherTerms, questionShare } from './memory-text.js';
import { orderTime } from './order-time.js';
import { defineProjection } from './projection.js';

/** One row per memory, with a full-text index. Confidence and importance are 0..1, times ms UTC. */
export const memoriesTable = defineTable(
  'memories',
  {
    userId: text(),
    memoryId: text(),
    /** Position of the event that formed it: unique, and in the order of forming. */
    formedPosition: integer(),
    type: text() as { kind: 'text'; nullable: false; type?: MemoryType },
    content: text(),
    context: nullable(text()),
    confidence: real(),
    importance: real(),
    metadata: json<Record<string, unknown>>(),
    /** The session and the turn that it was formed in, as far as its event says. */
    sessionId: nullable(text()),
    turnId: nullable(text()),
    recallCount: integer(),
    lastRecalledAt: nullable(instant()),
    /** Its id in the full-text index, which carries the order of forming: see `memory-order.ts`. */
    indexId: added(integer()),
    /** Since when it says what it says: `occurredAt`, or the order time of the last correction. */
    statedAt: added(instant()),
    /** Which share of the content are questions, 0..1. */
    questionShare: added(real()),
    /** Number of terms in content and context: the length that ranking uses. */
    termCount: integer(),
    occurredAt: instant(),
    createdAt: instant(),
    updatedAt: instant(),
    version: integer(),
    position: integer(),
  },
  {
    key: ['userId', 'memoryId'],
    indexes: [
      { name: 'memories_newest', columns: ['userId', 'occurredAt', 'formedPosition', 'indexId'] },
      { name: 'memories_indexed', columns: ['userId', 'indexId'], unique: true },
    ],
    fullText: {
      id: 'indexId',
      columns: ['content', 'context'],
      further: (row) => furtherTerms(row as { content: string; context: string | null }),
    },
  },
);

/** One row per user: the number of memories by type, and the totals that ranking uses. */
export const memorySummariesTable = defineTable(
  'memory_summaries',
  {
    userId: text(),
    total: integer(),
    byType: json<Partial<Record<MemoryType, number>>>(),
    /** Sum of the memories' termCount. */
    terms: integer(),
    /** Order time of the newest memory, ms UTC; never moves back. */
    newestAt: instant(),
    /** Where the next memory goes: see `Order`. */
    block: added(integer()),
    nextOrdinal: added(integer()),
    lastOccurredAt: added(instant()),
  },
  { key: ['userId'], hot: true },
);

export type MemoryRow = RowIn<typeof memoriesTable>;
export type MemorySummaryRow = RowIn<typeof memorySummariesTable>;

/** The memories about a user. */
export const memoryIndex = defineProjection({
  name: 'memory-index',
  // 3: ids with the order of forming, irregular forms, labels; 2: folded search terms, order times.
  version: 3,
  tables: [memoriesTable, memorySummariesTable],
  folds: {
    'memory.formed': (event, rows) => {
      const summary = rows.get(memorySummariesTable, event.userId);
      const { slot, order } = takeSlot(summary, event);
      const memory = withText(slot, {
        userId: event.userId,
        formedPosition: event.position,
        ...event.data,
        context: event.data.context ?? null,
        sessionId: event.data.sessionId ?? null,
        turnId: event.data.turnId ?? null,
        recallCount: 0,
        lastRecalledAt: null,
        statedAt: event.occurredAt,
        occurredAt: event.occurredAt,
        createdAt: event.recordedAt,
        updatedAt: event.recordedAt,
        version: event.version,
        position: event.position,
      });
      rows.put(memoriesTable, memory);
      summarize(rows, event.userId, { after: memory, at: orderTime(event), order });
    },
    'memory.revised': (event, rows) => {
      const before = rows.get(memoriesTable, event.userId, event.data.memoryId);
      if (!before) return;
      const { changes } = event.data;
      const changed = Object.entries(changes).map(([field, change]) => [field, change.to]);
      const { recordedAt, version, position } = event;
      const isCorrected = 'content' in changes || 'context' in changes;
      const at = orderTime(event);
      const after = withText(slotOf(before.indexId), {
        ...before,
        ...(Object.fromEntries(changed) as Partial<MemoryRow>),
        statedAt: isCorrected ? at : before.statedAt,
        updatedAt: recordedAt,
        version,
        position,
      });
      rows.put(memoriesTable, after);
      summarize(rows, event.userId, { before, after, ...(isCorrected ? { at } : {}) });
    },
    'memory.forgotten': (event, rows) => {
      const before = rows.get(memoriesTable, event.userId, event.data.memoryId);
      if (!before) return;
      rows.remove(memoriesTable, event.userId, before.memoryId);
      summarize(rows, event.userId, { before });
    },
    'memory.recalls-imported': (event, rows) => {
      const memory = rows.get(memoriesTable, event.userId, event.data.memoryId);
      if (!memory) return;
      const recallCount = memory.recallCount + event.data.count;
      rows.put(memoriesTable, { ...memory, recallCount, lastRecalledAt: orderTime(event) });
    },
    'memory.recalled': (event, rows) => {
      for (const memoryId of event.data.memoryIds) {
        const memory = rows.get(memoriesTable, event.userId, memoryId);
        if (!memory) continue;
        // The last recall is the one recorded last, even if the clock was set back in between.
        const lastRecalledAt = orderTime(event);
        rows.put(memoriesTable, { ...memory, recallCount: memory.recallCount + 1, lastRecalledAt });
      }
    },
  },
});

/** What follows from the texts of a memory. */
type FromText = 'indexId' | 'termCount' | 'questionShare';

function withText(slot: number, memory: Omit<MemoryRow, FromText>): MemoryRow {
  const { content, context } = memory;
  return {
    ...memory,
    indexId: indexIdOf(slot, content),
    termCount: terms(content).length + (context ? terms(context).length : 0),
    questionShare: questionShare(content),
  };
}

/** How a user's memories change. */
interface Change {
  before?: MemoryRow;
  after?: MemoryRow;
  /** Order time of what is said now, ms UTC. */
  at?: number;
  /** Where the next memory goes, when one was formed. */
  order?: Order;
}

function summarize(rows: Rows, userId: string, { before, after, at, order }: Change): void {
  rows.evolve(memorySummariesTable, [userId], (row) => {
    const newestAt = Math.max(row?.newestAt ?? -Infinity, at ?? row?.newestAt ?? 0);
    let summary = row ?? { userId, total: 0, byType: {}, terms: 0, newestAt, ...(order as Order) };
    if (before) summary = withMemory(summary, before, -1);
    if (after) summary = withMemory(summary, after, 1);
    return { ...summary, ...order, newestAt };
  });
}

function withMemory(
  summary: MemorySummaryRow,
  { type, termCount: length }: MemoryRow,
  sign: 1 | -1,
): MemorySummaryRow {
  return {
    ...summary,
    total: summary.total + sign,
    byType: { ...summary.byType, [type]: (summary.byType[type] ?? 0) + sign },
    terms: summary.terms + sign * length,
  };
}
