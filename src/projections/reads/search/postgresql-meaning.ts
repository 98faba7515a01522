import type pg from 'pg';
import { MeaningOf, meaningOf, type Meaning, type QuestionEmbedding } from './meaning.js';

/** Vectors that are in memory at once: of 4,096 numbers, 11 MB. */
const PAGE = 500;

const SELECT_VECTORS = `select e.memory_id as "memoryId", e.vector, m.index_id as id
  from memory_embeddings e left join memories m on m.user_id = e.user_id and m.memory_id = e.memory_id
  where e.user_id = $1 and e.model = $2 and e.dimensions = $3 and e.memory_id > $4
  order by e.memory_id limit ${PAGE}`;

interface Page {
  memoryId: string;
  vector: string;
  id: number | null;
}

/** Compares a question with every memory of the user that has an embedding of its model. */
export async function readMeaning(
  db: Pick<pg.Pool, 'query'>,
  userId: string,
  embedding: QuestionEmbedding,
): Promise<Meaning> {
  const meaning = new MeaningOf(embedding);
  const ids: (number | undefined)[] = [];
  for (let after = ''; ;) {
    const { rows } = await db.query<Page>({
      name: 'compare vectors',
      text: SELECT_VECTORS,
      values: [userId, embedding.model, meaning.dimensions, after],
    });
    for (const { id, vector } of rows) {
      ids.push(id ?? undefined);
      meaning.add(vector);
    }
    if (rows.length < PAGE) return meaningOf(ids, meaning.scores());
    after = (rows.at(-1) as Page).memoryId;
  }
}
