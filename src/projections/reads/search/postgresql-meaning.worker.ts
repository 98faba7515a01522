import { workerData } from 'node:worker_threads';
import { openPool } from '../../../database/postgresql/open-postgresql.js';
import { translating } from '../../../database/postgresql/postgresql-errors.js';
import { toResult, type ThreadResult } from '../../../thread-result.js';
import type { Meaning, QuestionEmbedding } from './meaning.js';
import { readMeaning } from './postgresql-meaning.js';

// A worker thread that compares vectors, over a connection of its own. Piscina calls the exported function.
const { url } = workerData as { url: string };
const pool = openPool(url, 1);

/** Compares a question with the memories of a user. */
export function compare(asked: {
  userId: string;
  embedding: QuestionEmbedding;
}): Promise<ThreadResult<Meaning>> {
  return toResult(() => translating(() => readMeaning(pool, asked.userId, asked.embedding)));
}
