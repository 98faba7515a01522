import { RowBatch } from '../../database/row-batch.js';
import type { LogHead, LogTransaction } from '../../events/log/event-log.js';
import { receiptsTable, skipsTable } from '../../events/log/log-tables.js';
import type { LoggedEvent } from '../lines/log-line.js';
import type { ImportChunk } from './import-chunks.js';
import { storeChanged } from './import-errors.js';
import type { ImportPlan, ImportTarget, WrittenChunk } from './import-parts.js';
import { inStreams } from './import-streams.js';

/** A store that is empty or holds the file's beginning: everything keeps its place. */
export class ContinueTarget implements ImportTarget {
  private readonly begun: number;
  private expected: Pick<LogHead, 'position' | 'hash'>;

  constructor({ head }: ImportPlan) {
    this.begun = head.position;
    this.expected = head;
  }

  isStored({ position }: LoggedEvent): boolean {
    return position <= this.begun;
  }

  async write(
    transaction: LogTransaction,
    chunk: ImportChunk,
    fresh: readonly LoggedEvent[],
  ): Promise<WrittenChunk> {
    const { head } = transaction;
    if (head.position !== this.expected.position || head.hash !== this.expected.hash) {
      throw storeChanged(`its log ends at position ${head.position}, not at ${this.expected.position}`);
    }
    const rows = new RowBatch(transaction.rows);
    // Those of the head itself may have been cut off from its event.
    const receipts = chunk.receipts.filter(({ position }) => position >= this.begun);
    for (const receipt of receipts) rows.put(receiptsTable, receipt);
    for (const skip of chunk.skips) rows.put(skipsTable, skip);
    const events = await inStreams(transaction, fresh, (what) => storeChanged(what));
    await Promise.all([transaction.append(events), transaction.save(rows.changes())]);
    this.expected = events.at(-1) ?? head;
    return { moved: 0, receipts: receipts.length };
  }
}
