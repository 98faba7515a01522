import type { MemoryRow } from '../../projections/memory-index.projection.js';
import type { MemoryAnswer } from './memory.dto.js';

/** Returns a memory as HTTP answers it. */
export function memoryAnswer(row: MemoryRow): MemoryAnswer {
  return {
    memoryId: row.memoryId,
    type: row.type,
    content: row.content,
    context: row.context,
    confidence: row.confidence,
    importance: row.importance,
    metadata: row.metadata,
    sessionId: row.sessionId,
    turnId: row.turnId,
    language: row.language,
    pinned: row.pinned,
    expiresAt: row.expiresAt === null ? null : new Date(row.expiresAt).toISOString(),
    supersedes: [...(row.supersedes ?? [])],
    supersededBy: row.supersededBy,
    contradicts: [...(row.contradicts ?? [])],
    recallCount: row.recallCount,
    lastRecalledAt: row.lastRecalledAt === null ? null : new Date(row.lastRecalledAt).toISOString(),
    occurredAt: new Date(row.occurredAt).toISOString(),
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
    version: row.version,
  };
}
