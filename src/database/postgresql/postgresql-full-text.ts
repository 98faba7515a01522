import type pg from 'pg';
import { idIn, indexedTerms, isChanged, userPrefix, type TermRows } from '../full-text.js';
import type { RowChange } from '../row-store.js';
import type { Table } from '../table.js';

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

  /** Updates the index for changed rows; unchanged entries are not indexed again. */
  async save(client: pg.ClientBase, changes: Iterable<RowChange>): Promise<void> {
    const changed = [...changes].filter(({ before, after }) => isChanged(this.declared, before, after));
    const put = changed.flatMap(({ after }) => (after ? [after] : []));
    const removed = changed.flatMap(({ before, after }) =>
      before && (!after || this.idOf(before) !== this.idOf(after)) ? [before] : [],
    );
    await Promise.all([this.remove(client, removed), this.put(client, put)]);
  }

  async clear(client: pg.ClientBase): Promise<void> {
    await client.query(`delete from ${this.index}`);
  }

  /**
   * Returns for each of the terms how many of the user's rows contain it, and the ids of the newest of them.
   * Each term has a query of its own, not a parameter of one query: the best index depends on how frequent
   * the term is.
   */
  async rowsWith(
    db: Pick<pg.Pool, 'query'>,
    userId: string,
    { terms, limit }: { terms: readonly string[]; limit: number },
  ): Promise<TermRows[]> {
    const found: TermRows[] = [];
    for (let i = 0; i < terms.length; i += TERMS_PER_STATEMENT) {
      const page = terms.slice(i, i + TERMS_PER_STATEMENT);
      const looking = page.map(
        (_term, n) =>
          `select ${n} as n, count(*) as count, (array_agg(id order by id desc))[:$2] as ids
           from ${this.index} where user_id = $1 and search @@ $${n + 3}::tsquery`,
      );
      const { rows } = await db.query<{ count: number; ids: string[] | null }>(
        `${looking.join(' union all ')} order by n`,
        [userId, limit, ...page.map((term) => `'${userPrefix(userId)}${term}'`)],
      );
      for (const { count, ids } of rows) found.push({ count, ids: (ids ?? []).map(Number).toReversed() });
    }
    return found;
  }

  /** Returns those of the terms that any of the user's rows contains. */
  async contained(
    db: Pick<pg.Pool, 'query'>,
    userId: string,
    terms: readonly string[],
  ): Promise<Set<string>> {
    const { rows } = await db.query<{ term: string }>({
      name: `terms in ${this.index}`,
      text: `select term from unnest($2::text[], $3::tsquery[]) t(term, query)
        where exists (select from ${this.index} where user_id = $1 and search @@ t.query)`,
      values: [userId, terms, terms.map((term) => `'${userPrefix(userId)}${term}'`)],
    });
    return new Set(rows.map(({ term }) => term));
  }

  private async put(client: pg.ClientBase, rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return;
    await client.query({
      name: `save ${this.index}`,
      text:
        `insert into ${this.index} (user_id, id, terms) select * from unnest($1::text[], $2::bigint[], $3::text[]) ` +
        'on conflict (user_id, id) do update set terms = excluded.terms',
      values: [
        rows.map(userOf),
        rows.map((row) => this.idOf(row)),
        rows.map((row) => indexedTerms(this.declared, row).join(' ')),
      ],
    });
  }

  private async remove(client: pg.ClientBase, rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return;
    await client.query({
      name: `remove ${this.index}`,
      text:
        `delete from ${this.index} t using unnest($1::text[], $2::bigint[]) as k(user_id, id) ` +
        'where t.user_id = k.user_id and t.id = k.id',
      values: [rows.map(userOf), rows.map((row) => this.idOf(row))],
    });
  }

  private idOf(row: object): number {
    return idIn(row, this.declared.id);
  }

  private get declared() {
    return this.table.fullText as NonNullable<Table['fullText']>;
  }
}

function userOf(row: object): string {
  return (row as { userId: string }).userId;
}
