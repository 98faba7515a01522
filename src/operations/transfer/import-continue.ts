import type { LogHead, LogTransaction } from '../../events/log/event-log.js';
import { appendLines } from '../lines/append-lines.js';
import type { LineChunk } from '../lines/line-chunks.js';
import type { LoggedEvent } from '../lines/log-line.js';
import { storeChanged } from './import-errors.js';
import type { ImportPlan, ImportTarget, WrittenChunk } from './import-parts.js';

/** Imports into a store that is empty or has the file's beginning: all events keep their positions. */
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
    chunk: LineChunk,
    fresh: readonly LoggedEvent[],
  ): Promise<WrittenChunk> {
    const { head } = transaction;
    if (head.position !== this.expected.position || head.hash !== this.expected.hash) {
      throw storeChanged(`its log ends at position ${head.position}, not at ${this.expected.position}`);
    }
    // Some receipts at the head's position may be missing, because a chunk can end between them.
    const receipts = chunk.receipts.filter(({ position }) => position >= this.begun);
    await appendLines(transaction, { events: fresh, receipts, skips: chunk.skips }, storeChanged);
    this.expected = fresh.at(-1) ?? head;
    return { moved: 0, receipts: receipts.length };
  }
}
