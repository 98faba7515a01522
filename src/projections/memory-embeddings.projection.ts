import type { Rows } from '../database/row-store.js';
import { defineTable, integer, text, type RowIn } from '../database/table.js';
import { dimensionsOf } from '../validation/vector-text.js';
import { defineProjection } from './projection.js';

/** One row per memory with an embedding. */
export const memoryEmbeddingsTable = defineTable(
  'memory_embeddings',
  {
    userId: text(),
    memoryId: text(),
    model: text(),
    dimensions: integer(),
    /** Float32s, little-endian, in Base64: as in the event, so that every format can carry it. */
    vector: text(),
    /** Of the event that brought it. */
    position: integer(),
  },
  { key: ['userId', 'memoryId'] },
);

/** One row per model that the present embeddings of a user are from; all of a model have one length. */
export const embeddingModelsTable = defineTable(
  'embedding_models',
  {
    userId: text(),
    model: text(),
    dimensions: integer(),
    /** How many memories have an embedding of it. */
    memories: integer(),
  },
  { key: ['userId', 'model'] },
);

export type MemoryEmbeddingRow = RowIn<typeof memoryEmbeddingsTable>;
export type EmbeddingModelRow = RowIn<typeof embeddingModelsTable>;

/** What memories mean, as models of the callers say it. */
export const memoryEmbeddings = defineProjection({
  name: 'memory-embeddings',
  version: 1,
  tables: [memoryEmbeddingsTable, embeddingModelsTable],
  folds: {
    'memory.embedded': ({ userId, position, data }, rows) => {
      const { memoryId, model, vector } = data;
      remove(rows, userId, memoryId);
      const dimensions = dimensionsOf(vector);
      rows.put(memoryEmbeddingsTable, { userId, memoryId, model, dimensions, vector, position });
      rows.evolve(embeddingModelsTable, [userId, model], (known) => ({
        userId,
        model,
        dimensions,
        memories: (known?.memories ?? 0) + 1,
      }));
    },
    // Of other texts, an embedding would say what the memory no longer does.
    'memory.revised': ({ userId, data: { memoryId, changes } }, rows) => {
      if ('content' in changes || 'context' in changes) remove(rows, userId, memoryId);
    },
    'memory.forgotten': ({ userId, data }, rows) => remove(rows, userId, data.memoryId),
  },
});

function remove(rows: Rows, userId: string, memoryId: string): void {
  const row = rows.get(memoryEmbeddingsTable, userId, memoryId);
  if (!row) return;
  rows.remove(memoryEmbeddingsTable, userId, memoryId);
  const known = rows.get(embeddingModelsTable, userId, row.model);
  if (!known) return;
  if (known.memories > 1) rows.put(embeddingModelsTable, { ...known, memories: known.memories - 1 });
  else rows.remove(embeddingModelsTable, userId, row.model);
}
