import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NotFound } from '../../../errors.js';
import { memoriesTable } from '../../../projections/memory-index.projection.js';
import { isExpired } from '../../../projections/memory/memory-expiries.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { memoryAnswer } from '../memory-answer.js';
import type { MemoryAnswer, MemoryReadQuery } from '../memory.dto.js';

/** Reads one memory. Throws NotFound, also for a forgotten or expired one. */
export class GetMemory extends Query<MemoryAnswer> {
  constructor(
    readonly userId: string,
    readonly memoryId: string,
    readonly query: Pick<MemoryReadQuery, 'includeExpired'> = {},
  ) {
    super();
  }
}

@QueryHandler(GetMemory)
export class GetMemoryHandler implements IQueryHandler<GetMemory> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId, memoryId, query }: GetMemory): Promise<MemoryAnswer> {
    const memory = await this.reads.get(memoriesTable, userId, memoryId);
    if (!memory) throw NotFound.memory(memoryId);
    const isShown = query.includeExpired === 'true' || memory.expiresAt === null;
    if (!isShown && isExpired(memory, (await this.reads.storeHead()).recordedAt))
      throw NotFound.memory(memoryId);
    return memoryAnswer(memory);
  }
}
