import Table from 'cli-table3';
import type * as memoryDatabase from '../src/database/sqlite/memory-database.ts';
import type * as embeddings from '../src/projections/memory-embeddings.projection.ts';
import type * as meaning from '../src/projections/reads/search/sqlite-meaning.ts';
import type * as vectors from '../src/validation/vector-text.ts';

const { createInMemory } = await importBuilt<typeof memoryDatabase>('database/sqlite/memory-database.js');
const { memoryEmbeddingsTable } = await importBuilt<typeof embeddings>(
  'projections/memory-embeddings.projection.js',
);
const { compareVectors } = await importBuilt<typeof meaning>('projections/reads/search/sqlite-meaning.js');
const { vectorText } = await importBuilt<typeof vectors>('validation/vector-text.js');

// Prints what it takes to compare a question with every vector of a user, in processor time of one thread.
const USER = 'ada';
const MODEL = 'random';
const ROUNDS = 5;

/** A vector of random numbers, of which none is 0. */
function randomVector(dimensions: number): string {
  return vectorText(Array.from({ length: dimensions }, () => Math.random() - 0.5))!;
}

function measure(memories: number, dimensions: number): number {
  const db = createInMemory([memoryEmbeddingsTable]);
  const fill = db.prepare(
    'insert into memory_embeddings (user_id, memory_id, model, dimensions, vector, position) values (?, ?, ?, ?, ?, ?)',
  );
  db.transaction(() => {
    for (let i = 0; i < memories; i++)
      fill.run(USER, `m${String(i).padStart(8, '0')}`, MODEL, dimensions, randomVector(dimensions), i);
  })();
  const question = { model: MODEL, vector: randomVector(dimensions), weight: 1 };
  const times = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    if (compareVectors(db, USER, question).scores.length !== memories)
      throw new Error('Not all were compared.');
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  db.close();
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
}

const table = new Table({
  head: ['memories', '384 numbers', '1,536 numbers'],
  style: { head: [], border: [] },
});
for (const memories of [1_000, 10_000, 100_000])
  table.push([
    memories,
    ...[384, 1_536].map((dimensions) => `${measure(memories, dimensions).toFixed(1)} ms`),
  ]);
process.stdout.write(`${table.toString()}\n`);

function importBuilt<T>(path: string): Promise<T> {
  return import(new URL(`../dist/src/${path}`, import.meta.url).href) as Promise<T>;
}
