import type { MemoryAnswer, MemoryPageAnswer } from '../memory/memory.dto.js';
import type { OriginalMemory } from './original-memories.dto.js';

/** A memory in the original's words. */
export function originalMemory(userId: string, memory: MemoryAnswer): OriginalMemory {
  return {
    id: memory.memoryId,
    user_id: userId,
    memory_type: memory.type,
    content: memory.content,
    context: memory.context,
    confidence: memory.confidence,
    importance: memory.importance,
    created_at: memory.occurredAt,
    last_accessed: memory.lastRecalledAt ?? memory.occurredAt,
    access_count: memory.recallCount,
    metadata: memory.metadata,
  };
}

/** Reads a list of memories page by page. */
export async function* allMemories(
  read: (cursor: string | undefined) => Promise<MemoryPageAnswer>,
): AsyncGenerator<MemoryAnswer[]> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await read(cursor);
    yield items;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}
