import type pg from 'pg';
import { userPrefix } from '../../database/full-text.js';
import { PostgresqlFullText } from '../../database/postgresql/postgresql-full-text.js';
import { memoriesTable, type MemoryRow, type MemorySummaryRow } from '../memory-index.projection.js';
import type { FoundMemory, MemoryIndex, TermLookup } from './memory-search.js';

/** Reads what a score needs. The terms are counted last, for the rows that the limit leaves. */
const SELECT_FOUND = `select m.formed_position, m.term_count, m.importance, m.occurred_at, m.recall_count,
    (select json_object_agg(word, times) from (
      select word, count(*) as times from unnest(string_to_array(f.terms, ' ')) word
      where word = any($3::text[]) group by word) counted) as counts
  from (
    select f.user_id, f.id, f.terms from memories_fts f
      join memories m on m.user_id = f.user_id and m.formed_position = f.id
      where f.user_id = $1 and f.search @@ $2::tsquery and m.confidence >= $4
        and ($5::text[] is null or m.type = any($5::text[]))
      order by f.id desc limit $6
  ) f join memories m on m.user_id = f.user_id and m.formed_position = f.id`;

/** Counts a term in the words of these rows. */
const COUNT_TERM = `select id, cardinality(array_positions(string_to_array(terms, ' '), $2)) as count
  from memories_fts where user_id = $1 and id = any($3::bigint[]) and search @@ $4::tsquery`;

interface FoundRow {
  formed_position: number;
  term_count: number;
  importance: number;
  occurred_at: number;
  recall_count: number;
  counts: Record<string, number>;
}

/** The lookups of a search in the memory index of a PostgreSQL database. */
export class PostgresqlMemoryIndex {
  private readonly fullText = new PostgresqlFullText(memoriesTable);

  constructor(private readonly db: Pick<pg.Pool, 'query'>) {}

  frequencies(userId: string, terms: readonly string[]): Promise<number[]> {
    return this.fullText.frequencies(this.db, userId, terms);
  }

  async lookUp({ userId, terms, types, minConfidence, limit }: TermLookup): Promise<FoundMemory[]> {
    const prefix = userPrefix(userId);
    // Not prepared: the best index depends on how frequent the terms are, so every search needs its own plan.
    const { rows } = await this.db.query<FoundRow>(SELECT_FOUND, [
      userId,
      this.fullText.anyOf(userId, terms),
      terms.map((term) => prefix + term),
      minConfidence,
      types ?? null,
      limit,
    ]);
    // In the order of the terms, as on every database.
    return rows.map((row) => ({
      formedPosition: row.formed_position,
      termCount: row.term_count,
      importance: row.importance,
      occurredAt: row.occurred_at,
      recallCount: row.recall_count,
      counts: new Map(
        terms.flatMap((term) => {
          const count = row.counts[prefix + term];
          return count === undefined ? [] : [[term, count] as const];
        }),
      ),
    }));
  }

  async counts(
    userId: string,
    term: string,
    formedPositions: readonly number[],
  ): Promise<[number, number][]> {
    const { rows } = await this.db.query<{ id: number; count: number }>(COUNT_TERM, [
      userId,
      userPrefix(userId) + term,
      formedPositions,
      this.fullText.anyOf(userId, [term]),
    ]);
    return rows.map(({ id, count }) => [id, count]);
  }
}

/** What a search needs and has not been read yet, by a text that names it. */
export type Missing = Map<string, (source: SearchSource) => Promise<unknown>>;

/** Reads what a search needs. */
export interface SearchSource {
  index: PostgresqlMemoryIndex;
  summary(userId: string): Promise<MemorySummaryRow | undefined>;
  memories(userId: string, formedPositions: readonly number[]): Promise<MemoryRow[]>;
}

/** Serves a search from the results loaded so far, and records the lookups that are missing. */
export class LoadedIndex implements MemoryIndex {
  readonly missing: Missing = new Map();

  constructor(private readonly loaded: ReadonlyMap<string, unknown>) {}

  summary(userId: string) {
    return this.read('summary', undefined, (source) => source.summary(userId));
  }

  frequencies(userId: string, terms: readonly string[]): readonly number[] {
    return this.read('frequencies', [], ({ index }) => index.frequencies(userId, terms));
  }

  lookUp(lookup: TermLookup): readonly FoundMemory[] {
    // A search changes what it has found; the next run must begin with the same.
    const found = this.read(`lookUp ${JSON.stringify(lookup)}`, NONE, ({ index }) => index.lookUp(lookup));
    return found.map((memory) => ({ ...memory, counts: new Map(memory.counts) }));
  }

  counts(userId: string, term: string, formedPositions: readonly number[]) {
    const id = `counts ${JSON.stringify([term, formedPositions])}`;
    return this.read(id, [], ({ index }) => index.counts(userId, term, formedPositions));
  }

  memories(userId: string, formedPositions: readonly number[]): readonly MemoryRow[] {
    const id = `memories ${JSON.stringify(formedPositions)}`;
    return this.read(id, [], (source) => source.memories(userId, formedPositions));
  }

  private read<T>(id: string, placeholder: T, load: (source: SearchSource) => Promise<T>): T {
    if (this.loaded.has(id)) return this.loaded.get(id) as T;
    this.missing.set(id, load);
    return placeholder;
  }
}

const NONE: readonly FoundMemory[] = [];
