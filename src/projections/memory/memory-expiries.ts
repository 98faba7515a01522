import type { Rows } from '../../database/row-store.js';
import { defineTable, instant, text, type RowIn } from '../../database/table.js';
import type { MemoryType } from '../../events/memory/memory-formed.event.js';

/** One row per memory that expires; times are ms UTC. */
export const expiriesTable = defineTable(
  'memory_expiries',
  {
    userId: text(),
    expiresAt: instant(),
    memoryId: text(),
    type: text() as { kind: 'text'; nullable: false; type?: MemoryType },
  },
  { key: ['userId', 'expiresAt', 'memoryId'] },
);

type Expiring = Omit<RowIn<typeof expiriesTable>, 'expiresAt'> & { expiresAt: number | null };

/** Whether the memory has expired at the time, ms UTC; without a time nothing has. */
export function isExpired({ expiresAt }: Pick<Expiring, 'expiresAt'>, at: number | undefined): boolean {
  return at !== undefined && expiresAt !== null && expiresAt <= at;
}

/** Keeps when memories expire, when one is formed, changed or forgotten. */
export function followExpiry(rows: Rows, before: Expiring | undefined, after: Expiring | undefined): void {
  if (before?.expiresAt === after?.expiresAt && before?.type === after?.type) return;
  if (before && before.expiresAt !== null)
    rows.remove(expiriesTable, before.userId, before.expiresAt, before.memoryId);
  if (!after || after.expiresAt === null) return;
  const { userId, expiresAt, memoryId, type } = after;
  rows.put(expiriesTable, { userId, expiresAt, memoryId, type });
}
