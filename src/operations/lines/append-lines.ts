import type { StoreError } from '../../errors.js';
import type { LogTransaction } from '../../events/log/event-log.js';
import { inBatch } from '../../events/log/in-batch.js';
import { receiptsTable, skipsTable, type ReceiptRow, type SkipRow } from '../../events/log/log-tables.js';
import { recordEffects } from '../../events/log/record-effects.js';
import type { LoggedEvent } from './log-line.js';
import { withStreamKeys } from './with-stream-keys.js';

/** The lines of one transaction, in the order of their file. */
interface Lines {
  events: readonly LoggedEvent[];
  receipts: readonly ReceiptRow[];
  skips: readonly SkipRow[];
}

/**
 * Appends events at their own positions, with their receipts and skips, for a restore or an import into an
 * empty store. Throws the error of `refused` if the events do not follow the head or their streams.
 */
export async function appendLines(
  transaction: LogTransaction,
  { events, receipts, skips }: Lines,
  refused: (what: string) => StoreError,
): Promise<void> {
  const { head } = transaction;
  const first = events[0];
  if (first && first.position !== head.position + 1)
    throw refused(`position ${first.position} does not follow position ${head.position}, where the log ends`);
  const inStream = await withStreamKeys(transaction, events, refused);
  const others = inBatch(transaction, (rows) => {
    for (const receipt of receipts) rows.put(receiptsTable, receipt);
    for (const skip of skips) rows.put(skipsTable, skip);
    recordEffects(events, rows);
  });
  // Together, so that a remote database never waits for the next statement.
  await Promise.all([others, transaction.append(inStream)]);
}
