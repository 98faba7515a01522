import { RowBatch } from '../../database/row-batch.js';
import { untilLoaded, type LogTransaction } from './event-log.js';

/**
 * Runs the work on the rows of a transaction, saves what it changed, and returns its result. The work is pure: it runs
 * again whenever it read a row that had to be loaded first.
 */
export async function inBatch<T>(transaction: LogTransaction, work: (rows: RowBatch) => T): Promise<T> {
  const { rows, result } = await untilLoaded(transaction, () => {
    const batch = new RowBatch(transaction.rows);
    return { rows: batch, result: work(batch) };
  });
  const changes = rows.changes();
  if (changes.size > 0) await transaction.save(changes);
  return result;
}
