import { hash } from 'node:crypto';
import { defineTable, instant, integer, real, text, type RowIn } from '../database/table.js';
import { orderTime } from './order-time.js';
import { defineProjection } from './projection.js';

/** One row per context and turn. The receipt is long, so that it is found by its hash. */
export const contextUsesTable = defineTable(
  'context_uses',
  {
    userId: text(),
    receiptHash: text(),
    turnId: text(),
    receiptId: text(),
    usedAt: instant(),
    position: integer(),
  },
  { key: ['userId', 'receiptHash', 'turnId'] },
);

/** One row per memory in such a context, whether the memory still exists or not; no text of it. */
export const memoryUsesTable = defineTable(
  'memory_uses',
  {
    userId: text(),
    memoryId: text(),
    /** Of the event that tied the context to the turn. */
    position: integer(),
    receiptHash: text(),
    turnId: text(),
    score: real(),
  },
  { key: ['userId', 'memoryId', 'position'] },
);

export type ContextUseRow = RowIn<typeof contextUsesTable>;
export type MemoryUseRow = RowIn<typeof memoryUsesTable>;

/** Where memories were put before the model. */
export const contextUses = defineProjection({
  name: 'context-uses',
  version: 1,
  tables: [contextUsesTable, memoryUsesTable],
  folds: {
    'context.used': (event, rows) => {
      const { userId, position } = event;
      const { receiptId, turnId, memories } = event.data;
      const receiptHash = receiptHashOf(receiptId);
      rows.put(contextUsesTable, {
        userId,
        receiptHash,
        turnId,
        receiptId,
        usedAt: orderTime(event),
        position,
      });
      for (const { memoryId, score } of memories)
        rows.put(memoryUsesTable, { userId, memoryId, position, receiptHash, turnId, score });
    },
  },
});

/** The first 128 bits of SHA-256, 32 hex digits. */
export function receiptHashOf(receiptId: string): string {
  return hash('sha256', receiptId).slice(0, 32);
}
