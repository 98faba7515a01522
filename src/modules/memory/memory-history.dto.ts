import { IsInt, Max, Min } from 'class-validator';
import { Optional } from '../../validation/fields.js';
import { UserListQuery } from '../list-query.dto.js';

/** Page of a memory's history. */
export class MemoryHistoryQuery extends UserListQuery {
  /** Maximum number of revisions; 50 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(200)
  override limit?: number;
}

/** What confirmed a memory. */
export class MemorySaidAnswer {
  content: string;
  context: string | null;
  metadata?: Record<string, unknown>;
  sessionId?: string;
  turnId?: string;
}

/** What was done to a memory, by whom and why. */
export class MemoryRevisionAnswer {
  version: number;
  /** `memory.formed`, `memory.revised`, `memory.confirmed` or `memory.forgotten`. */
  type: string;
  position: number;
  eventId: string;
  /** When it happened. */
  at: string;
  /** Who did it, as the command said. */
  actor: string;
  reason: string | null;
  /** The changed fields, each with its value before and after. */
  changes: Record<string, { from: unknown; to: unknown }>;
  /** Only of `memory.confirmed`: what was said again, word by word, and where. */
  said?: MemorySaidAnswer;
}

/** A page of a memory's history, oldest first. */
export class MemoryHistoryAnswer {
  items: MemoryRevisionAnswer[];
  nextCursor: string | null;
}
