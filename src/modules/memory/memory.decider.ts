import { NotFound } from '../../errors.js';
import { memoryStream, recallStream } from '../../events/streams.js';
import { memoriesTable, type MemoryRow } from '../../projections/memory-index.projection.js';
import type { Appended, Decision, NewEvent, WriteState } from '../../writer/write-command.js';
import { resolveUser } from '../resolve-user.js';
import { sameJson } from '../same-json.js';
import type { ForgetMemoriesInput } from './commands/forget-memories.command.js';
import type { ForgetMemoryInput } from './commands/forget-memory.command.js';
import type { FormMemoryBody } from './commands/form-memory.command.js';
import type { RecallMemoriesBody } from './commands/recall-memories.command.js';
import type { ReviseMemoryInput } from './commands/revise-memory.command.js';
import { memoryExists, memoryForgotten } from './memory-errors.js';

/** Stores a new memory; refuses an id that this user has used before, even for a forgotten memory. */
export function formMemory(
  state: WriteState,
  userId: string,
  input: FormMemoryBody & { memoryId: string },
): Decision {
  const { memoryId, type, content } = input;
  const streamId = memoryStream(userId, memoryId);
  if (state.version(streamId) > 0) {
    throw state.rows.get(memoriesTable, userId, memoryId)
      ? memoryExists(memoryId)
      : memoryForgotten(memoryId);
  }
  const { registration, when } = resolveUser(state, userId, input.occurredAt);
  const data = {
    memoryId,
    type,
    content,
    context: input.context ?? null,
    confidence: input.confidence ?? 0.8,
    importance: input.importance ?? 0.5,
    metadata: input.metadata ?? {},
    ...(input.sessionId !== undefined && { sessionId: input.sessionId }),
    ...(input.turnId !== undefined && { turnId: input.turnId }),
  };
  return {
    status: 201,
    events: [
      ...registration,
      { streamId, type: 'memory.formed', data, ...when },
      ...recallsBefore(state, userId, input),
    ],
    answer: ({ events, position }) => ({ memoryId, position, version: versionIn(events, streamId) }),
  };
}

function recallsBefore(
  state: WriteState,
  userId: string,
  { memoryId, recalled }: FormMemoryBody & { memoryId: string },
): NewEvent[] {
  if (!recalled) return [];
  const { when } = resolveUser(state, userId, recalled.lastAt);
  const data = { memoryId, count: recalled.count };
  return [{ streamId: recallStream(userId), type: 'memory.recalls-imported', data, ...when }];
}

function versionIn(events: Appended['events'], stream: string): number | undefined {
  return events.findLast(({ streamId }) => streamId === stream)?.version;
}

/** Records the fields whose value changes; a revision without effect writes nothing. */
export function reviseMemory(state: WriteState, userId: string, input: ReviseMemoryInput): Decision {
  const { memoryId, reason, ...fields } = input;
  const current = existingMemory(state, userId, memoryId);
  const changed = Object.entries(fields).filter(
    ([name, to]) => to !== undefined && !sameJson(current[name as keyof MemoryRow], to),
  );
  if (changed.length === 0) return unchanged(current);
  const changes = Object.fromEntries(
    changed.map(([name, to]) => [name, { from: current[name as keyof MemoryRow], to }]),
  );
  const { when } = resolveUser(state, userId);
  return {
    status: 200,
    events: [
      {
        streamId: memoryStream(userId, memoryId),
        type: 'memory.revised',
        data: { memoryId, changes, ...(reason !== undefined && { reason }) },
        ...when,
      },
    ],
    answer: (appended) => writtenAnswer(memoryId, appended),
  };
}

/** Makes a memory invisible to later reads and searches. */
export function forgetMemory(
  state: WriteState,
  userId: string,
  { memoryId, reason }: ForgetMemoryInput,
): Decision {
  existingMemory(state, userId, memoryId);
  const data = { memoryId, reason: reason ?? null };
  const { when } = resolveUser(state, userId);
  return {
    status: 200,
    events: [{ streamId: memoryStream(userId, memoryId), type: 'memory.forgotten', data, ...when }],
    answer: (appended) => writtenAnswer(memoryId, appended),
  };
}

/** Forgets several memories. Throws NotFound, listing every unknown one, unless all exist. */
export function forgetMemories(
  state: WriteState,
  userId: string,
  { memoryIds: given, reason }: ForgetMemoriesInput,
): Decision {
  const memoryIds = existingIds(state, userId, given);
  const { when } = resolveUser(state, userId);
  return {
    status: 200,
    events: memoryIds.map((memoryId) => ({
      streamId: memoryStream(userId, memoryId),
      type: 'memory.forgotten',
      data: { memoryId, reason: reason ?? null },
      ...when,
    })),
    answer: ({ position }) => ({ memoryIds, position }),
  };
}

/** Records which memories a reply used. Throws NotFound, listing every unknown one, unless all exist. */
export function recallMemories(state: WriteState, userId: string, input: RecallMemoriesBody): Decision {
  const memoryIds = existingIds(state, userId, input.memoryIds);
  const { when } = resolveUser(state, userId);
  return {
    status: 201,
    events: [{ streamId: recallStream(userId), type: 'memory.recalled', data: { memoryIds }, ...when }],
    answer: ({ position }) => ({ position }),
  };
}

function existingIds(state: WriteState, userId: string, given: readonly string[]): string[] {
  const memoryIds = [...new Set(given)];
  const unknown = memoryIds.filter((memoryId) => !state.rows.get(memoriesTable, userId, memoryId));
  if (unknown.length > 0)
    throw NotFound.memories(unknown.map((id) => ({ path: `memoryIds.${given.indexOf(id)}`, message: id })));
  return memoryIds;
}

function existingMemory(state: WriteState, userId: string, memoryId: string): MemoryRow {
  const memory = state.rows.get(memoriesTable, userId, memoryId);
  if (!memory) throw NotFound.memory(memoryId);
  return memory;
}

function writtenAnswer(memoryId: string, { events, position }: Appended): object {
  return { memoryId, position, version: events.at(-1)?.version };
}

function unchanged({ memoryId, position, version }: MemoryRow): Decision {
  return { status: 200, events: [], answer: () => ({ memoryId, position, version }) };
}
