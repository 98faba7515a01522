import type { RowQuery } from '../../database/row-store.js';
import type { Key, Table } from '../../database/table.js';
import { memoriesTable } from '../memory-index.projection.js';
import { PROJECTIONS } from '../projection-catalog.js';
import type { Projection } from '../projection.js';
import { searchMemories, type MemoryQuestion } from '../reads/memory-search.js';
import type { MemoryMatches } from '../reads/search.js';
import { sqliteMemoryIndex } from '../reads/sqlite-memory-index.js';
import type { PastState, PastStates } from './past-states.js';

/** One user at a position. */
export interface Past {
  userId: string;
  position: number;
}

const TABLES = new Map(
  PROJECTIONS.flatMap((projection) => projection.tables.map((table) => [table.name, { projection, table }])),
);

/** A question that is not answered yet. */
interface Waiting extends Past {
  projection: Projection;
}

/**
 * The rows of users as they were at past positions; only the projections that are asked for are folded.
 * Questions are answered one after another, as each may close the state of the one before. Those that wait with
 * one of the same user and position are folded with it.
 */
export class PastRows {
  private last: Promise<unknown> = Promise.resolve();
  private readonly waiting = new Set<Waiting>();

  constructor(private readonly states: PastStates) {}

  getAll(past: Past, table: string, keys: readonly Key[][]): Promise<object[]> {
    return this.read(past, table, ({ rows }, declared) =>
      keys.map((key) => rows.load(declared, key)).filter((row) => row !== undefined),
    );
  }

  list(past: Past, table: string, query: RowQuery): Promise<object[]> {
    return this.read(past, table, ({ rows }, declared) => rows.list(declared, query));
  }

  search(past: Past, question: MemoryQuestion): Promise<MemoryMatches> {
    return this.read(past, memoriesTable.name, ({ db, rows }) =>
      searchMemories(sqliteMemoryIndex(db, rows), question),
    );
  }

  private read<T>(past: Past, name: string, work: (state: PastState, table: Table) => T): Promise<T> {
    const found = TABLES.get(name);
    if (!found) throw new Error(`No projection declares a table ${name}.`);
    const question: Waiting = { ...past, projection: found.projection };
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

  private waitingWith({ userId, position }: Past): Projection[] {
    return [...this.waiting]
      .filter((other) => other.userId === userId && other.position === position)
      .map(({ projection }) => projection);
  }
}
