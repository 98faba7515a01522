import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NotFound } from '../../../errors.js';
import { memoriesTable } from '../../../projections/memory-index.projection.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { memoryAnswer } from '../memory-answer.js';
import type { MemoryAnswer } from '../memory.dto.js';

/** Reads one memory. Throws NotFound, also for a forgotten one. */
export class GetMemory extends Query<MemoryAnswer> {
  constructor(
    readonly userId: string,
    readonly memoryId: string,
  ) {
    super();
  }
}

@QueryHandler(GetMemory)
export class GetMemoryHandler implements IQueryHandler<GetMemory> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId, memoryId }: GetMemory): Promise<MemoryAnswer> {
    const memory = await this.reads.get(memoriesTable, userId, memoryId);
    if (!memory) throw NotFound.memory(memoryId);
    return memoryAnswer(memory);
  }
}
