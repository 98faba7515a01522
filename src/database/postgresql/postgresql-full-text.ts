import type pg from 'pg';
import { indexedTerms, sameTexts, userPrefix } from '../full-text.js';
import type { RowChange } from '../row-store.js';
import type { Table } from '../table.js';

type Values = Record<string, unknown>;

/** A search for candidates in the full-text index. */
export interface CandidateQuery {
  userId: string;
  /** The terms, each with the number of the user's rows that contain it. */
  anyOf: readonly (readonly [term: string, frequency: number])[];
  /** Most candidates to return. */
  limit: number;
  /** How many of the newest matching rows are ranked. */
  among: number;
}

/**
 * The full-text index of one table: a tsvector of the service's own terms under a GIN index. Every term has
 * the user's prefix, so that a search reads only that user's entries.
 */
export class PostgresqlFullText {
  private readonly index: string;

  constructor(private readonly table: Table) {
    this.index = `${table.name}_fts`;
  }

  /** Updates the index for changed rows. */
  async save(client: pg.ClientBase, changes: Iterable<RowChange>): Promise<void> {
    const put: { userId: string; id: number; terms: string }[] = [];
    const removed: { userId: string; id: number }[] = [];
    for (const { before, after } of changes) {
      if (!after) {
        if (before) removed.push(this.keyOf(before));
      } else if (!before || !sameTexts(this.declared, before, after)) {
        put.push({ ...this.keyOf(after), terms: indexedTerms(this.declared, after) });
      }
    }
    const work: Promise<unknown>[] = [];
    if (put.length > 0) {
      const putting = client.query({
        name: `save ${this.index}`,
        text:
          `insert into ${this.index} (user_id, id, terms) select * from unnest($1::text[], $2::bigint[], $3::text[]) ` +
          'on conflict (user_id, id) do update set terms = excluded.terms',
        values: [put.map(({ userId }) => userId), put.map(({ id }) => id), put.map(({ terms }) => terms)],
      });
      work.push(putting);
    }
    if (removed.length > 0) {
      const removing = client.query({
        name: `remove ${this.index}`,
        text:
          `delete from ${this.index} t using unnest($1::text[], $2::bigint[]) as k(user_id, id) ` +
          'where t.user_id = k.user_id and t.id = k.id',
        values: [removed.map(({ userId }) => userId), removed.map(({ id }) => id)],
      });
      work.push(removing);
    }
    await Promise.all(work);
  }

  async clear(client: pg.ClientBase): Promise<void> {
    await client.query(`delete from ${this.index}`);
  }

  /**
   * Returns the ids of the best `limit` of the user's newest `among` rows that contain any of the terms. A
   * row ranks higher the rarer its terms are.
   */
  async candidates(
    db: Pick<pg.Pool, 'query'>,
    { userId, anyOf, limit, among }: CandidateQuery,
  ): Promise<number[]> {
    const queries = anyOf.map(([term]) => this.termQuery(userId, term));
    // Not prepared: the best index depends on how frequent the terms are, so every search needs its own plan.
    const { rows } = await db.query<{ id: number }>({
      text: `select id from (
          select id, search from ${this.index} where user_id = $1 and search @@ $2::tsquery order by id desc limit $3
        ) matches order by (
          select sum(weight) from unnest($4::text[]::tsquery[], $5::float8[]) as term(query, weight)
          where matches.search @@ term.query
        ) desc, id desc limit $6`,
      values: [
        userId,
        queries.join(' | '),
        among,
        queries,
        anyOf.map(([, frequency]) => 1 / (1 + frequency)),
        limit,
      ],
    });
    return rows.map(({ id }) => id);
  }

  /** Returns how many of the user's rows contain the term. */
  async frequency(db: Pick<pg.Pool, 'query'>, userId: string, term: string): Promise<number> {
    const { rows } = await db.query<{ count: number }>(
      `select count(*) as count from ${this.index} where user_id = $1 and search @@ $2::tsquery`,
      [userId, this.termQuery(userId, term)],
    );
    return rows[0]?.count ?? 0;
  }

  private termQuery(userId: string, term: string): string {
    return `'${userPrefix(userId)}${term}'`;
  }

  private keyOf(row: object): { userId: string; id: number } {
    const { userId, [this.declared.id]: id } = row as Values;
    return { userId: userId as string, id: id as number };
  }

  private get declared() {
    return this.table.fullText as NonNullable<Table['fullText']>;
  }
}
