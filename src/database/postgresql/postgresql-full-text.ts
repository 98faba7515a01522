import type pg from 'pg';
import { indexedTerms, sameTexts, userPrefix } from '../full-text.js';
import type { RowChange } from '../row-store.js';
import type { Table } from '../table.js';

type Values = Record<string, unknown>;

/** What candidates are asked for. */
export interface CandidateQuery {
  userId: string;
  /** The terms, and in how many of the user's rows each stands. */
  anyOf: readonly (readonly [term: string, frequency: number])[];
  limit: number;
  among: number;
}

/**
 * The full-text index of one table: a tsvector of the service's own terms, each prefixed by its user, under a GIN index,
 * so that a search walks only that user's entries.
 */
export class PostgresqlFullText {
  private readonly index: string;

  constructor(private readonly table: Table) {
    this.index = `${table.name}_fts`;
  }

  /** Follows the changes of the table's rows. */
  async save(client: pg.ClientBase, changes: Iterable<RowChange>): Promise<void> {
    const put: { userId: string; id: number; terms: string }[] = [];
    const gone: { userId: string; id: number }[] = [];
    for (const { before, after } of changes) {
      if (!after) {
        if (before) gone.push(this.place(before));
      } else if (!before || !sameTexts(this.declared, before, after)) {
        put.push({ ...this.place(after), terms: indexedTerms(this.declared, after) });
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
    if (gone.length > 0) {
      const removing = client.query({
        name: `remove ${this.index}`,
        text:
          `delete from ${this.index} t using unnest($1::text[], $2::bigint[]) as k(user_id, id) ` +
          'where t.user_id = k.user_id and t.id = k.id',
        values: [gone.map(({ userId }) => userId), gone.map(({ id }) => id)],
      });
      work.push(removing);
    }
    await Promise.all(work);
  }

  async clear(client: pg.ClientBase): Promise<void> {
    await client.query(`delete from ${this.index}`);
  }

  /**
   * The best `limit` of the newest `among` rows of the user that hold any of the terms: those with the terms that stand
   * in the fewest rows.
   */
  async candidates(
    db: Pick<pg.Pool, 'query'>,
    { userId, anyOf, limit, among }: CandidateQuery,
  ): Promise<number[]> {
    const queries = anyOf.map(([term]) => this.query(userId, term));
    // Not prepared: which index is best depends on how often the terms stand, so each search is planned anew.
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

  /** In how many of the user's rows the term stands. */
  async frequency(db: Pick<pg.Pool, 'query'>, userId: string, term: string): Promise<number> {
    const { rows } = await db.query<{ count: number }>(
      `select count(*) as count from ${this.index} where user_id = $1 and search @@ $2::tsquery`,
      [userId, this.query(userId, term)],
    );
    return rows[0]?.count ?? 0;
  }

  private query(userId: string, term: string): string {
    return `'${userPrefix(userId)}${term}'`;
  }

  private place(row: object): { userId: string; id: number } {
    const { userId, [this.declared.id]: id } = row as Values;
    return { userId: userId as string, id: id as number };
  }

  private get declared() {
    return this.table.fullText as NonNullable<Table['fullText']>;
  }
}
