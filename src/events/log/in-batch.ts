import { RowBatch } from '../../database/row-batch.js';
import { untilLoaded, type LogTransaction } from './event-log.js';

/**
 * Runs the work on the rows of a transaction, saves its changes and returns its result. The work must be
 * pure: it runs again whenever it has read a row that was not loaded yet.
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
