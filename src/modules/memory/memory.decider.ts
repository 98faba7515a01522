import { NotFound } from '../../errors.js';
import { memoryStream, recallStream } from '../../events/streams.js';
import { memoriesTable, type MemoryRow } from '../../projections/memory-index.projection.js';
import { idList } from '../../projections/memory/memory-links.js';
import { memorySummariesTable } from '../../projections/memory/memory-summaries.js';
import { instantMs } from '../../validation/instants.js';
import type { Appended, Decision, NewEvent, WriteState } from '../../writer/write-command.js';
import { resolveUser } from '../resolve-user.js';
import { sameJson } from '../same-json.js';
import { checkLife } from './check-life.js';
import type { ForgetMemoriesInput } from './commands/forget-memories.command.js';
import type { ForgetMemoryInput } from './commands/forget-memory.command.js';
import type { FormMemoryBody } from './commands/form-memory.command.js';
import type { RecallMemoriesBody } from './commands/recall-memories.command.js';
import type { ReviseMemoryBody, ReviseMemoryInput } from './commands/revise-memory.command.js';
import { embeddingOf, embedMemory } from './embedding.decider.js';
import { confirmed, findDuplicate } from './find-duplicate.js';
import { memoryExists, memoryForgotten, pinnedStay } from './memory-errors.js';
import { formedLanguage, revisedLanguage } from './memory-language.js';

const DEFAULT_CONFIDENCE = 0.8;

/** The id of a memory to form. */
interface FormedId {
  memoryId: string;
  /** Whether the service chose it. */
  isGenerated?: boolean;
}

/**
 * Stores a new memory, or confirms the one that says the same. Refuses an id that this user has used before,
 * even for a forgotten memory.
 */
export function formMemory(state: WriteState, userId: string, input: FormMemoryBody & FormedId): Decision {
  const { memoryId, type, content, embedding, embeddingModel } = input;
  const streamId = memoryStream(userId, memoryId);
  if (state.version(streamId) > 0) {
    throw state.rows.get(memoriesTable, userId, memoryId)
      ? memoryExists(memoryId)
      : memoryForgotten(memoryId);
  }
  const duplicate = findDuplicate(state, userId, input);
  if (duplicate) return confirmMemory(state, duplicate, input);
  const { registration, when } = resolveUser(state, userId, input.occurredAt);
  checkLife(state, { userId, memoryId }, input);
  const data = {
    memoryId,
    type,
    content,
    context: input.context ?? null,
    confidence: input.confidence ?? DEFAULT_CONFIDENCE,
    importance: input.importance ?? 0.5,
    metadata: input.metadata ?? {},
    ...(input.sessionId !== undefined && { sessionId: input.sessionId }),
    ...(input.turnId !== undefined && { turnId: input.turnId }),
    ...formedLanguage(state.rows.get(memorySummariesTable, userId), input),
    ...lifeOf(input),
  };
  return {
    status: 201,
    events: [
      ...registration,
      { streamId, type: 'memory.formed', data, ...when },
      ...recallsBefore(state, userId, input),
      ...embeddingOf(state, userId, { memoryId, embedding, embeddingModel }),
    ],
    answer: ({ events, position }) => ({ memoryId, position, version: versionIn(events, streamId) }),
  };
}

/** The fields that only a memory with a pin, an expiry or links has in its event. */
function lifeOf({ pinned, expiresAt, supersedes, contradicts }: FormMemoryBody) {
  return {
    ...(pinned && { pinned }),
    ...(expiresAt !== undefined && expiresAt !== null && { expiresAt: timeText(instantMs(expiresAt)) }),
    ...(supersedes?.length && { supersedes: [...new Set(supersedes)] }),
    ...(contradicts?.length && { contradicts: [...new Set(contradicts)] }),
  };
}

/** Records that a memory was said again, in place of a second one. */
function confirmMemory(state: WriteState, memory: MemoryRow, input: FormMemoryBody): Decision {
  const { userId, memoryId, confidence: from } = memory;
  const { content, context = null, confidence = DEFAULT_CONFIDENCE, metadata, sessionId, turnId } = input;
  const { embedding, embeddingModel } = input;
  const to = confirmed(from, confidence);
  const data = {
    memoryId,
    content,
    context,
    confidence: { from, to },
    ...(metadata !== undefined && { metadata }),
    ...(sessionId !== undefined && { sessionId }),
    ...(turnId !== undefined && { turnId }),
  };
  const { when } = resolveUser(state, userId, input.occurredAt);
  return {
    status: 201,
    events: [
      ...embeddingOf(state, userId, { memoryId, embedding, embeddingModel }),
      { streamId: memoryStream(userId, memoryId), type: 'memory.confirmed', data, ...when },
    ],
    answer: (appended) => ({
      ...writtenAnswer(memoryId, appended),
      duplicateOf: memoryId,
      confidence: to,
    }),
  };
}

function recallsBefore(
  state: WriteState,
  userId: string,
  { memoryId, recalled }: FormMemoryBody & FormedId,
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
  const { memoryId, reason, embedding, embeddingModel, ...fields } = input;
  const current = existingMemory(state, userId, memoryId);
  checkLife(state, { userId, memoryId, before: current }, fields);
  const known: Record<string, unknown> = { ...current, ...writtenLife(current) };
  const changed = Object.entries({ ...withLifeWritten(fields), ...revisedLanguage(current, input) }).filter(
    ([name, to]) => to !== undefined && !sameJson(known[name], to),
  );
  if (changed.length === 0)
    return embedding === undefined && embeddingModel === undefined
      ? unchanged(current)
      : embedMemory(state, userId, { memoryId, embedding, embeddingModel });
  const changes = Object.fromEntries(changed.map(([name, to]) => [name, { from: known[name], to }]));
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
      ...embeddingOf(state, userId, { memoryId, embedding, embeddingModel }),
    ],
    answer: ({ events, position }) => ({ memoryId, position, version: events[0]?.version }),
  };
}

/** A memory's pin, expiry and links as events have them. */
function writtenLife({ pinned, expiresAt, supersedes, contradicts }: MemoryRow) {
  return {
    pinned: pinned ?? false,
    expiresAt: expiresAt === null ? null : timeText(expiresAt),
    supersedes: supersedes ?? [],
    contradicts: contradicts ?? [],
  };
}

/** The fields of a revision as its event has them: a time in UTC, ids each once and in order. */
function withLifeWritten(fields: ReviseMemoryBody): ReviseMemoryBody {
  const { expiresAt, supersedes, contradicts } = fields;
  return {
    ...fields,
    ...(typeof expiresAt === 'string' && { expiresAt: timeText(instantMs(expiresAt)) }),
    ...(supersedes && { supersedes: idList(supersedes) ?? [] }),
    ...(contradicts && { contradicts: idList(contradicts) ?? [] }),
  };
}

function timeText(at: number): string {
  return new Date(at).toISOString();
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
  { memoryIds: given, reason, includePinned = false }: ForgetMemoriesInput,
): Decision {
  const memoryIds = existingIds(state, userId, given);
  const pinned = memoryIds.filter((id) => state.rows.get(memoriesTable, userId, id)?.pinned);
  if (pinned.length > 0 && !includePinned) throw pinnedStay(pinned);
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
