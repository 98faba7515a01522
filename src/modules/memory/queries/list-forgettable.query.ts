import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { terms } from '../../../database/full-text.js';
import type { Filter } from '../../../database/row-store.js';
import { stemmedLanguage } from '../../../database/stems.js';
import { InvalidInput } from '../../../errors.js';
import { memoriesTable, type MemoryRow } from '../../../projections/memory-index.projection.js';
import { isExpired } from '../../../projections/memory/memory-expiries.js';
import { memoryTerms } from '../../../projections/memory/memory-text.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { instantMs } from '../../../validation/instants.js';
import { MAX_FORGOTTEN } from '../commands/forget-memories.command.js';
import type { ForgetMemoriesBody, MemoriesForgottenAnswer } from '../forget.dto.js';

/** Memories that one read looks at. */
const PAGE = 500;

/** Finds the memories that a request would forget. Throws InvalidInput without any condition. */
export class ListForgettable extends Query<MemoriesForgottenAnswer> {
  constructor(
    readonly userId: string,
    readonly conditions: ForgetMemoriesBody,
  ) {
    super();
  }
}

@QueryHandler(ListForgettable)
export class ListForgettableHandler implements IQueryHandler<ListForgettable> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId, conditions }: ListForgettable): Promise<MemoriesForgottenAnswer> {
    const { head: position, recordedAt } = await this.reads.storeHead();
    const fits = condition(conditions, recordedAt);
    const memoryIds: string[] = [];
    for await (const memory of this.memories(userId, conditions)) {
      if (!fits(memory)) continue;
      if (memoryIds.length === MAX_FORGOTTEN) return { memoryIds, position, more: true };
      memoryIds.push(memory.memoryId);
    }
    return { memoryIds, position, more: false };
  }

  /** The user's memories, oldest first. */
  private async *memories(userId: string, { olderThan }: ForgetMemoriesBody): AsyncGenerator<MemoryRow> {
    const filters: Filter[] = [['userId', '=', userId]];
    if (olderThan !== undefined) filters.push(['occurredAt', '<', instantMs(olderThan)]);
    let after: [number, number] | undefined;
    for (;;) {
      const rows = await this.reads.list(memoriesTable, {
        filters,
        order: ['occurredAt', 'formedPosition'],
        ...(after && { after }),
        limit: PAGE,
      });
      yield* rows;
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = [last.occurredAt, last.formedPosition];
    }
  }
}

function condition(conditions: ForgetMemoriesBody, now: number): (memory: MemoryRow) => boolean {
  const { types, olderThan, maxImportance, ids, q, expired, includePinned = false } = conditions;
  if (![types, olderThan, maxImportance, ids, q, expired].some((given) => given !== undefined))
    throw InvalidInput.field('', 'give at least one of types, olderThan, maxImportance, ids, q, expired');
  if (q !== undefined && terms(q).length === 0) throw InvalidInput.field('q', 'must have a word to look for');
  const wanted = ids && new Set(ids);
  const isMeant = (memory: MemoryRow): boolean =>
    (includePinned || !memory.pinned) &&
    (expired === undefined || expired === isExpired(memory, now)) &&
    (types?.includes(memory.type) ?? true) &&
    (maxImportance === undefined || memory.importance <= maxImportance) &&
    (wanted?.has(memory.memoryId) ?? true);
  return (memory) => isMeant(memory) && (q === undefined || hasAll(memory, q));
}

/** Whether a memory has every word, by the stems of its language. */
function hasAll(memory: MemoryRow, q: string): boolean {
  const known = memoryTerms(memory);
  return terms(q, stemmedLanguage(memory.language)).every((word) => known.has(word));
}
