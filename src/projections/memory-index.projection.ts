import { terms } from '../database/full-text.js';
import type { Rows } from '../database/row-store.js';
import { defineTable, instant, integer, json, nullable, real, text, type RowIn } from '../database/table.js';
import type { MemoryType } from '../events/memory/memory-formed.event.js';
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
    recallCount: integer(),
    lastRecalledAt: nullable(instant()),
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
      { name: 'memories_newest', columns: ['userId', 'occurredAt', 'formedPosition'] },
      { name: 'memories_formed', columns: ['userId', 'formedPosition'], unique: true },
    ],
    fullText: { id: 'formedPosition', columns: ['content', 'context'] },
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
  },
  { key: ['userId'], hot: true },
);

export type MemoryRow = RowIn<typeof memoriesTable>;
export type MemorySummaryRow = RowIn<typeof memorySummariesTable>;

/** The memories about a user. */
export const memoryIndex = defineProjection({
  name: 'memory-index',
  // 2: folded search terms; order times.
  version: 2,
  tables: [memoriesTable, memorySummariesTable],
  folds: {
    'memory.formed': (event, rows) => {
      const memory = {
        userId: event.userId,
        formedPosition: event.position,
        ...event.data,
        context: event.data.context ?? null,
        recallCount: 0,
        lastRecalledAt: null,
        termCount: termCount(event.data),
        occurredAt: event.occurredAt,
        createdAt: event.recordedAt,
        updatedAt: event.recordedAt,
        version: event.version,
        position: event.position,
      };
      replaceMemory(rows, event.userId, undefined, memory);
    },
    'memory.revised': (event, rows) => {
      const before = rows.get(memoriesTable, event.userId, event.data.memoryId);
      if (!before) return;
      const changed = Object.entries(event.data.changes).map(([field, change]) => [field, change.to]);
      const revised = { ...before, ...Object.fromEntries(changed) } as MemoryRow;
      const { recordedAt, version, position } = event;
      replaceMemory(rows, event.userId, before, {
        ...revised,
        termCount: termCount(revised),
        updatedAt: recordedAt,
        version,
        position,
      });
    },
    'memory.forgotten': (event, rows) => {
      const before = rows.get(memoriesTable, event.userId, event.data.memoryId);
      if (before) replaceMemory(rows, event.userId, before, undefined);
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

function termCount(memory: { content: string; context?: string | null }): number {
  return terms(memory.content).length + (memory.context ? terms(memory.context).length : 0);
}

/** Adds, changes or removes a memory, and updates the user's summary. */
function replaceMemory(
  rows: Rows,
  userId: string,
  before: MemoryRow | undefined,
  after: MemoryRow | undefined,
): void {
  if (after) rows.evolve(memoriesTable, [userId, after.memoryId], () => after);
  else if (before) rows.remove(memoriesTable, userId, before.memoryId);
  rows.evolve(memorySummariesTable, [userId], (row) => {
    const at = after && orderTime({ occurredAt: after.occurredAt, recordedAt: after.createdAt });
    const newestAt = row?.newestAt ?? at ?? 0;
    let summary = row ?? { userId, total: 0, byType: {}, terms: 0, newestAt };
    if (before) summary = withMemory(summary, before, -1);
    if (after) summary = withMemory(summary, after, 1);
    return { ...summary, newestAt: Math.max(newestAt, at ?? newestAt) };
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
