import { NotFound } from '../../errors.js';
import { embeddingStream } from '../../events/streams.js';
import {
  embeddingModelsTable,
  memoryEmbeddingsTable,
} from '../../projections/memory-embeddings.projection.js';
import { memoriesTable } from '../../projections/memory-index.projection.js';
import type { Decision, NewEvent, WriteState } from '../../writer/write-command.js';
import { resolveUser } from '../resolve-user.js';
import { otherDimensions } from './embedding-errors.js';
import { wholeEmbedding, type SentEmbedding } from './whole-embedding.js';

type ToEmbed = SentEmbedding & { memoryId: string };

/** Gives a memory an embedding; one that it has already writes nothing. */
export function embedMemory(state: WriteState, userId: string, input: ToEmbed): Decision {
  const { memoryId } = input;
  const memory = state.rows.get(memoriesTable, userId, memoryId);
  if (!memory) throw NotFound.memory(memoryId);
  const { version } = memory;
  const [embedded] = embeddingOf(state, userId, input);
  const known = state.rows.get(memoryEmbeddingsTable, userId, memoryId);
  const isSame = known && sameEmbedding(known, embedded);
  if (!embedded || isSame)
    return { status: 200, events: [], answer: () => ({ memoryId, position: known?.position, version }) };
  return {
    status: 200,
    events: [embedded],
    answer: ({ position }) => ({ memoryId, position, version }),
  };
}

function sameEmbedding(known: { model: string; vector: string }, embedded: NewEvent | undefined): boolean {
  const { model, vector } = (embedded?.data ?? {}) as { model?: string; vector?: string };
  return known.model === model && known.vector === vector;
}

/**
 * Returns the event that gives a memory its embedding; none without one. Throws InvalidInput for a part of
 * one, and Refused for another number of dimensions than the user's memories have of the model.
 */
export function embeddingOf(state: WriteState, userId: string, { memoryId, ...sent }: ToEmbed): NewEvent[] {
  const whole = wholeEmbedding(sent);
  if (!whole) return [];
  const { model, vector, dimensions } = whole;
  const known = state.rows.get(embeddingModelsTable, userId, model);
  if (known && known.dimensions !== dimensions) throw otherDimensions(known, dimensions);
  const { when } = resolveUser(state, userId);
  const data = { memoryId, model, vector };
  return [{ streamId: embeddingStream(userId), type: 'memory.embedded', data, ...when }];
}
