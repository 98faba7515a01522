import { DAY_MS } from '../../durations.js';
import { Unavailable } from '../../errors.js';
import { memoriesTable, type MemoryRow } from '../../projections/memory-index.projection.js';
import { isExpired } from '../../projections/memory/memory-expiries.js';
import { statementKey, statementsTable } from '../../projections/memory/memory-statements.js';
import { instantMs } from '../../validation/instants.js';
import type { WriteState } from '../../writer/write-command.js';
import { sameJson } from '../same-json.js';
import type { FormMemoryBody } from './commands/form-memory.command.js';

/** What happened longer ago, ms, is a memory of then: it does not confirm one of now. */
const LONG_AGO_MS = DAY_MS;
/** A repetition never makes a memory certain. */
const MOST_CONFIDENCE = 0.99;

/** A memory as a command states it. */
type Stated = FormMemoryBody & { isGenerated?: boolean };

/**
 * Returns the memory that says what the command says, if it is one that a repetition confirms: it is neither
 * expired nor superseded, pinned and expiring as the command wants it, and has the metadata that it gives.
 */
export function findDuplicate(state: WriteState, userId: string, stated: Stated): MemoryRow | undefined {
  if (!mayConfirm(state, stated)) return undefined;
  const { type, content, context = null, pinned = false } = stated;
  const memory = stating(state, userId, statementKey({ type, content, context }));
  if (!memory || memory.supersededBy !== null || isExpired(memory, state.recordedAt)) return undefined;
  const isAsWanted = memory.pinned === pinned && memory.expiresAt === expiryOf(stated);
  return isAsWanted && addsNothing(memory, stated) ? memory : undefined;
}

/** A memory keeps its metadata when it is confirmed, so that other metadata would be lost. */
function addsNothing(memory: MemoryRow, { metadata, allowDuplicate }: Stated): boolean {
  return metadata === undefined || allowDuplicate === false || sameJson(metadata, memory.metadata);
}

/**
 * The memory that says so. While the rows cannot be read, nothing is compared: what is said must not be lost.
 */
function stating({ rows }: WriteState, userId: string, statement: string): MemoryRow | undefined {
  try {
    const held = rows.get(statementsTable, userId, statement);
    return held && rows.get(memoriesTable, userId, held.memoryId);
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}

/** The confidence of a memory after a repetition: that of two independent hints, 1 - (1 - a)(1 - b). */
export function confirmed(before: number, said: number): number {
  return Math.max(before, Math.min(MOST_CONFIDENCE, 1 - (1 - before) * (1 - said)));
}

/**
 * Links make it a memory of its own; so do, unless the command wants it otherwise, an id and a former life.
 */
function mayConfirm({ now }: WriteState, stated: Stated): boolean {
  const { allowDuplicate, supersedes = [], contradicts = [], recalled, isGenerated, occurredAt } = stated;
  if (supersedes.length > 0 || contradicts.length > 0) return false;
  if (allowDuplicate !== undefined) return !allowDuplicate;
  const isOld = occurredAt !== undefined && instantMs(occurredAt) < now - LONG_AGO_MS;
  return isGenerated === true && !recalled && !isOld;
}

function expiryOf({ expiresAt = null }: FormMemoryBody): number | null {
  return expiresAt === null ? null : instantMs(expiresAt);
}
