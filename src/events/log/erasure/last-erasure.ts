import type { RowReader } from '../../../database/row-store.js';
import { ERASURE_STEPS, retractionsTable } from '../retraction/retraction-tables.js';
import { erasuresTable } from './erasure-tables.js';

/** Returns the position of the last event that erased a user; 0 if there is none. */
export async function lastErasure(list: RowReader['list']): Promise<number> {
  const newest = { filters: [], order: ['position'], descending: true, limit: 1 };
  const [row] = await list(erasuresTable, newest);
  return row?.position ?? 0;
}

/**
 * Returns the position of the last event that erased a user or some events of one; 0 if there is none.
 * Answers about the past change with it.
 */
export async function erasureEpoch(list: RowReader['list']): Promise<number> {
  let last = await lastErasure(list);
  for (const step of Object.values(ERASURE_STEPS)) {
    const [row] = await list(retractionsTable, {
      filters: [['erasure', '=', step]],
      order: ['position'],
      descending: true,
      limit: 1,
    });
    last = Math.max(last, row?.position ?? 0);
  }
  return last;
}
