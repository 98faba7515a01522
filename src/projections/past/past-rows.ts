import type { RowQuery } from '../../database/row-store.js';
import type { Key, Table } from '../../database/table.js';
import { memoryEmbeddingsTable } from '../memory-embeddings.projection.js';
import { memoriesTable } from '../memory-index.projection.js';
import { PROJECTIONS } from '../projection-catalog.js';
import { searchMemories, type MemoryQuestion, type SearchAids } from '../reads/search/memory-search.js';
import type { MemoryMatches } from '../reads/search/search.js';
import { compareVectors, inIndex, type ScoredIds } from '../reads/search/sqlite-meaning.js';
import { sqliteFewMemories, sqliteMemoryIndex } from '../reads/search/sqlite-memory-index.js';
import { indexPart } from './held-parts.js';
import type { AskedPart, PastState, PastStates } from './past-states.js';

/** One user at a position. */
export interface Past {
  userId: string;
  position: number;
}

const TABLES = new Map(
  PROJECTIONS.flatMap((projection) => projection.tables.map((table) => [table.name, { projection, table }])),
);

/** A question that is not answered yet. */
type Waiting = Past & AskedPart;

/**
 * The rows of users as they were at past positions; only what is asked for is folded.
 * Questions are answered one after another, as each may close the state of the one before. Those that wait
 * with one of the same user and position are folded with it.
 */
export class PastRows {
  private last: Promise<unknown> = Promise.resolve();
  private readonly waiting = new Set<Waiting>();

  constructor(
    private readonly states: PastStates,
    private readonly aids: SearchAids = {},
  ) {}

  getAll(past: Past, table: string, keys: readonly Key[][]): Promise<object[]> {
    return this.read(past, table, ({ rows }, declared) =>
      keys.map((key) => rows.load(declared, key)).filter((row) => row !== undefined),
    );
  }

  list(past: Past, table: string, query: RowQuery): Promise<object[]> {
    return this.read(past, table, ({ rows }, declared) => rows.list(declared, query));
  }

  search(past: Past, question: MemoryQuestion): Promise<MemoryMatches> {
    const { userId, embedding } = question;
    const vectors =
      embedding &&
      this.read(past, memoryEmbeddingsTable.name, ({ db }) => compareVectors(db, userId, embedding));
    const search = (compared?: ScoredIds): Promise<MemoryMatches> =>
      this.read(
        past,
        memoriesTable.name,
        ({ db, rows }) => {
          const meaning = compared && { meaning: inIndex(db, userId, compared) };
          const index = sqliteFewMemories(rows, userId) ?? sqliteMemoryIndex(db, rows);
          return searchMemories(index, question, undefined, {
            ...this.aids,
            ...meaning,
          });
        },
        indexPart(memoriesTable),
      );
    return vectors ? vectors.then(search) : search();
  }

  private read<T>(
    past: Past,
    name: string,
    work: (state: PastState, table: Table) => T,
    part = name,
  ): Promise<T> {
    const found = TABLES.get(name);
    if (!found) throw new Error(`No projection declares a table ${name}.`);
    const question: Waiting = { ...past, projection: found.projection, part };
    this.waiting.add(question);
    const read = async () => {
      this.waiting.delete(question);
      const state = await this.states.at(question, this.waitingWith(question));
      return work(state, found.table);
    };
    const answer = this.last.then(read);
    this.last = answer.catch(() => undefined);
    return answer;
  }

  private waitingWith({ userId, position }: Past): AskedPart[] {
    return [...this.waiting].filter((other) => other.userId === userId && other.position === position);
  }
}
