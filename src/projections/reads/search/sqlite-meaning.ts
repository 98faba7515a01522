import type Database from 'better-sqlite3';
import { MeaningOf, meaningOf, type Meaning, type QuestionEmbedding } from './meaning.js';

const SELECT_VECTORS = `select memory_id, vector from memory_embeddings
  where user_id = ? and model = ? and dimensions = ? order by memory_id`;

/** The index holds all that is read. */
const SELECT_IDS = `select memory_id, index_id from memories indexed by memories_indexed where user_id = ?`;

/** What the vectors of a user's memories say of a question, by the ids of the memories. */
export interface ScoredIds {
  memoryIds: readonly string[];
  scores: readonly number[];
}

/** Compares a question with every memory of the user that has an embedding of its model. */
export function compareVectors(
  db: Database.Database,
  userId: string,
  embedding: QuestionEmbedding,
): ScoredIds {
  const meaning = new MeaningOf(embedding);
  const memoryIds: string[] = [];
  for (const row of db.prepare(SELECT_VECTORS).raw().iterate(userId, embedding.model, meaning.dimensions)) {
    const [memoryId, vector] = row as [string, string];
    memoryIds.push(memoryId);
    meaning.add(vector);
  }
  return { memoryIds, scores: meaning.scores() };
}

/** Returns the same by the ids in the index of memories, which another database may hold. */
export function inIndex(db: Database.Database, userId: string, { memoryIds, scores }: ScoredIds): Meaning {
  const ids = new Map(db.prepare(SELECT_IDS).raw().all(userId) as [string, number][]);
  return meaningOf(
    memoryIds.map((memoryId) => ids.get(memoryId)),
    scores,
  );
}
