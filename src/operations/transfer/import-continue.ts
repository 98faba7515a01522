import type { LogHead, LogTransaction } from '../../events/log/event-log.js';
import { appendLines } from '../lines/append-lines.js';
import type { LineChunk } from '../lines/line-chunks.js';
import type { LoggedEvent } from '../lines/log-line.js';
import { storeChanged } from './import-errors.js';
import type { ImportPlan, ImportTarget, WrittenChunk } from './import-parts.js';

/** Imports into a store that is empty or has the file's beginning: all events keep their positions. */
export class ContinueTarget implements ImportTarget {
  private readonly storedUpTo: number;
  private expectedHead: Pick<LogHead, 'position' | 'hash'>;

  constructor({ head }: ImportPlan) {
    this.storedUpTo = head.position;
    this.expectedHead = head;
  }

  isStored({ position }: LoggedEvent): boolean {
    return position <= this.storedUpTo;
  }

  async write(
    transaction: LogTransaction,
    chunk: LineChunk,
    fresh: readonly LoggedEvent[],
  ): Promise<WrittenChunk> {
    const { head } = transaction;
    if (head.position !== this.expectedHead.position || head.hash !== this.expectedHead.hash) {
      throw storeChanged(`its log ends at position ${head.position}, not at ${this.expectedHead.position}`);
    }
    // Some receipts at the head's position may be missing, because a chunk can end between them.
    const receipts = chunk.receipts.filter(({ position }) => position >= this.storedUpTo);
    await appendLines(transaction, { events: fresh, receipts, skips: chunk.skips }, storeChanged);
    this.expectedHead = fresh.at(-1) ?? head;
    return { moved: 0, receipts: receipts.length };
  }
}
