import { InvalidInput, NotFound } from '../../errors.js';
import { MAX_LINKS } from '../../events/memory/memory-formed.event.js';
import { memoriesTable, type MemoryRow } from '../../projections/memory-index.projection.js';
import { memorySummariesTable } from '../../projections/memory/memory-summaries.js';
import { instantMs } from '../../validation/instants.js';
import type { WriteState } from '../../writer/write-command.js';
import {
  alreadySuperseded,
  chainTooLong,
  supersedesItself,
  tooManyContradictions,
  tooManyPinned,
} from './memory-errors.js';

/** Most pinned memories of a user. */
export const MAX_PINNED = 50;
/** Memories that supersede one another, one by one, are followed so far. */
const MAX_CHAIN = 100;

/** The memory that a command forms or revises. */
export interface Subject {
  userId: string;
  memoryId: string;
  /** Undefined for one that is formed. */
  before?: MemoryRow | undefined;
}

/** What a command says about how long a memory counts, and next to which others. */
export interface LifeFields {
  pinned?: boolean | undefined;
  expiresAt?: string | null | undefined;
  supersedes?: readonly string[] | undefined;
  contradicts?: readonly string[] | undefined;
}

/** Throws unless what the command newly says can be: InvalidInput, NotFound for unknown ids, or Refused. */
export function checkLife(state: WriteState, subject: Subject, life: LifeFields): void {
  checkExpiry(state, subject, life);
  if (life.pinned && !subject.before?.pinned) checkPins(state, subject);
  checkSuperseded(state, subject, life.supersedes ?? []);
  checkContradicted(state, subject, life.contradicts ?? []);
}

function checkExpiry({ recordedAt }: WriteState, { before }: Subject, { expiresAt }: LifeFields): void {
  if (expiresAt === undefined || expiresAt === null) return;
  const at = instantMs(expiresAt);
  if (at <= recordedAt && at !== before?.expiresAt)
    throw InvalidInput.field('expiresAt', 'must be in the future; to be rid of a memory now, forget it');
}

function checkPins({ rows }: WriteState, { userId }: Subject): void {
  const pinned = rows.get(memorySummariesTable, userId)?.pinned ?? [];
  if (pinned.length >= MAX_PINNED) throw tooManyPinned(MAX_PINNED);
}

function checkSuperseded(state: WriteState, subject: Subject, ids: readonly string[]): void {
  const { memoryId, before } = subject;
  const others = otherMemories(state, subject, { field: 'supersedes', ids });
  for (const { memoryId: id, supersededBy } of others)
    if (supersededBy !== null && supersededBy !== memoryId) throw alreadySuperseded(id, supersededBy);
  const wanted = new Set(ids);
  let successor = before?.supersededBy ?? null;
  for (let steps = 0; successor !== null && wanted.size > 0; steps++) {
    if (wanted.has(successor)) throw supersedesItself(memoryId);
    if (steps === MAX_CHAIN) throw chainTooLong(MAX_CHAIN);
    successor = state.rows.get(memoriesTable, subject.userId, successor)?.supersededBy ?? null;
  }
}

function checkContradicted(state: WriteState, subject: Subject, ids: readonly string[]): void {
  const others = otherMemories(state, subject, { field: 'contradicts', ids });
  for (const { memoryId, contradicts } of others) {
    const known = contradicts ?? [];
    if (known.length >= MAX_LINKS && !known.includes(subject.memoryId))
      throw tooManyContradictions(memoryId, MAX_LINKS);
  }
}

/** The memories with these ids. Throws NotFound, listing every unknown one, unless all exist. */
function otherMemories(
  { rows }: WriteState,
  { userId, memoryId }: Subject,
  { field, ids }: { field: string; ids: readonly string[] },
): MemoryRow[] {
  if (ids.includes(memoryId)) throw InvalidInput.field(field, 'must not name the memory itself');
  const found = ids.map((id) => rows.get(memoriesTable, userId, id));
  const unknown = ids.flatMap((id, i) => (found[i] ? [] : [{ path: `${field}.${i}`, message: id }]));
  if (unknown.length > 0) throw NotFound.memories(unknown);
  return found.filter((row) => row !== undefined);
}
