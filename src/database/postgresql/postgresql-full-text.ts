import type pg from 'pg';
import { indexedTerms, sameTexts, userPrefix } from '../full-text.js';
import type { RowChange } from '../row-store.js';
import type { Table } from '../table.js';

type Values = Record<string, unknown>;

/** Most terms that one statement counts. */
const TERMS_PER_STATEMENT = 100;

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
   * Returns how many of the user's rows contain each of the terms. Each is counted by a query of its own, not
   * by a parameter of one query: the best index depends on how frequent the term is.
   */
  async frequencies(db: Pick<pg.Pool, 'query'>, userId: string, terms: readonly string[]): Promise<number[]> {
    const counts: number[] = [];
    for (let i = 0; i < terms.length; i += TERMS_PER_STATEMENT) {
      const page = terms.slice(i, i + TERMS_PER_STATEMENT);
      const counting = page.map(
        (_term, n) =>
          `select ${n} as n, count(*) as count from ${this.index} where user_id = $1 and search @@ $${n + 2}::tsquery`,
      );
      const { rows } = await db.query<{ count: number }>(`${counting.join(' union all ')} order by n`, [
        userId,
        ...page.map((term) => this.anyOf(userId, [term])),
      ]);
      counts.push(...rows.map(({ count }) => count));
    }
    return counts;
  }

  /** Returns a tsquery that matches the user's rows with any of the terms. */
  anyOf(userId: string, terms: readonly string[]): string {
    return terms.map((term) => `'${userPrefix(userId)}${term}'`).join(' | ');
  }

  private keyOf(row: object): { userId: string; id: number } {
    const { userId, [this.declared.id]: id } = row as Values;
    return { userId: userId as string, id: id as number };
  }

  private get declared() {
    return this.table.fullText as NonNullable<Table['fullText']>;
  }
}
