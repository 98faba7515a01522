import type { RowQuery, RowReader } from './row-store.js';
import type { Key, Table } from './table.js';

/** Rows of one page: a few ms of work, so that other requests are served between two pages. */
const ROWS_PER_PAGE = 2_000;

/**
 * Reads all rows of a query, page by page in its order, which must be one that rows never change, such as the
 * key. An answer about all rows is not one snapshot: it may lack what is written between pages.
 */
export async function* pagesOf<Row extends object>(
  reads: Pick<RowReader, 'list'>,
  table: Table<Row>,
  query: Omit<RowQuery, 'limit'>,
  rowsPerPage = ROWS_PER_PAGE,
): AsyncGenerator<Row[], void, undefined> {
  let { after } = query;
  for (;;) {
    const rows = await reads.list(table, { ...query, ...(after ? { after } : {}), limit: rowsPerPage });
    if (rows.length > 0) yield rows;
    const last = rows.at(-1) as Record<string, Key> | undefined;
    if (!last || rows.length < rowsPerPage) return;
    after = query.order.map((column) => last[column] as Key);
  }
}
